"""PyTorch peer of the benchmarks: plain eager training steps on the CPU, two threads unless told otherwise.

Usage: pytorch.py train-step WIDTH BATCH | eat-step WIDTH BATCH | mlp | conv N C H K
Speaks the contestants' protocol of lib/contestant.mjs.
"""

import json
import os
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(int(os.environ.get("THREADS", "2")))
torch.manual_seed(0)


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        y = self.relu(self.bn1(self.conv1(x)))
        return self.relu(self.bn2(self.conv2(y)) + shortcut)


class ResNet18(nn.Module):
    """The CIFAR form: 3x3 stem, no max-pool."""

    def __init__(self, width):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        blocks, channels = [], width
        for factor, stride in ((1, 1), (2, 2), (4, 2), (8, 2)):
            for block in range(2):
                blocks.append(BasicBlock(channels, width * factor, stride if block == 0 else 1))
                channels = width * factor
        self.layers = nn.Sequential(*blocks)
        self.fc = nn.Linear(channels, 10)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)), inplace=True)
        return self.fc(self.layers(x).mean((2, 3)))


class LeafyResNet18(ResNet18):
    """Every activation, pooling and flattening is a module of its own, so that hooks see it."""

    def __init__(self, width):
        super().__init__(width)
        self.relu = nn.ReLU(inplace=True)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()

    def forward(self, x):
        return self.fc(self.flatten(self.pool(self.layers(self.relu(self.bn1(self.conv1(x)))))))


def training_step(model, x, y, optimizer):
    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        loss.item()

    return step


def eat_step(model, x, y, optimizer, weight=2.5, sigma=1e-4):
    """Energy-aware training as its reference code finds densities: forward hooks on every leaf module but Dropout."""
    densities = []

    def hook(module, inputs, output):
        a = output.clone()
        densities.append((a.pow(2) / (a.pow(2) + sigma)).mean())

    for module in model.modules():
        if not list(module.children()) and not isinstance(module, nn.Dropout):
            module.register_forward_hook(hook)

    def step():
        densities.clear()
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(model(x), y) + weight * torch.stack(densities).mean()
        loss.backward()
        optimizer.step()
        loss.item()

    return step


def make_step(case, numbers):
    if case in ("train-step", "eat-step"):
        width, batch = numbers
        # The penalty sees modules only: the plain step keeps the faster functional calls.
        model = LeafyResNet18(width) if case == "eat-step" else ResNet18(width)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4)
        make = eat_step if case == "eat-step" else training_step
        return make(model, torch.randn(batch, 3, 32, 32), torch.arange(batch) % 10, optimizer)
    if case == "mlp":
        model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
        return training_step(model, torch.randn(256, 784), torch.arange(256) % 10, optimizer)
    raise SystemExit(f"unknown case {case}: train-step, eat-step or mlp")


def peak_mb():
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def main():
    step = make_step(sys.argv[1], [int(a) for a in sys.argv[2:]])
    for _ in range(3):
        step()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        verb, *count = line.split()
        if verb == "run":
            times = []
            for _ in range(int(count[0])):
                start = time.perf_counter()
                step()
                times.append((time.perf_counter() - start) * 1000)
            print(json.dumps({"ms": times}), flush=True)
        else:
            print(json.dumps({"peakMB": peak_mb()}), flush=True)


main()
