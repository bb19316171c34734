"""Times one count by a Python tool in a fresh process: counters.py (onnx-tool FILE | fvcore). Prints one line of JSON."""

import contextlib
import io
import json
import sys
import time

tool = sys.argv[1]
start = time.perf_counter()
if tool == "onnx-tool":
    import onnx_tool

    imported = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        onnx_tool.model_profile(sys.argv[2])
else:
    import torch

    for op in ("nms", "qnms"):
        try:
            torch.library.define(f"torchvision::{op}", "(Tensor a, Tensor b, float c) -> Tensor")
        except RuntimeError:
            pass
    import torchvision
    from fvcore.nn import FlopCountAnalysis

    model, image = torchvision.models.resnet50().eval(), torch.zeros(1, 3, 224, 224)
    imported = time.perf_counter()
    FlopCountAnalysis(model, image).unsupported_ops_warnings(False).uncalled_modules_warnings(False).total()
end = time.perf_counter()
print(json.dumps({"importMs": 1e3 * (imported - start), "countMs": [1e3 * (end - imported)]}))
