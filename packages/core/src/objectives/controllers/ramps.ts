/** Multipliers that move from one value to another and stay there. */

import { cosineLambda, linearLambda, type RampOptions } from "../lambda.js";
import { scheduled } from "./scheduled.js";

export const linearController = scheduled<RampOptions>({
  name: "linear",
  title: "straight line",
  formula: "lambda_t = a + (b - a) * min(1, t / T)",
  source: "warm-up where a is 0, annealing where b is",
  schedule: linearLambda,
});

export const cosineController = scheduled<RampOptions>({
  name: "cosine",
  title: "half a cosine",
  formula: "lambda_t = a + (b - a) * (1 - cos(pi * min(1, t / T))) / 2",
  source: "Loshchilov and Hutter 2017, arXiv:1608.03983, without restarts",
  schedule: cosineLambda,
});
