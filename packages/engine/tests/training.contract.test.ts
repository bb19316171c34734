/** Training on ONNX Runtime meets the training contract. */

import { trainingContract } from "../../core/src/training/testing/contract.js";
import { nodeEngine } from "../src/node.js";

trainingContract("ONNX Runtime", () => nodeEngine());
