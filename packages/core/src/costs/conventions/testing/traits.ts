/**
 * How the networks of the printed numbers were written: one set of traits for each, the same for every counter.
 * Traits of torchvision, timm and transformers are in those libraries' sources. The CIFAR and MNIST networks that were
 * measured are not the ones of our fixtures line by line: their traits were inferred from what the tools did not count.
 */

import type { SourceTraits } from "../index.js";

/** timm's vision transformers: fused attention in its own module, layer norms of a derived class. */
const timmTransformer: SourceTraits = {
  attention: "timm",
  subclassed: [{ layer: "layer norm" }],
};

/** timm's EfficientNet family: batch norm and activation are one derived class, squeeze blocks take means. */
const timmEfficient: SourceTraits = {
  pools: "mean outside modules",
  subclassed: [{ layer: "batch norm", hasChildren: true }],
};

/** The CIFAR networks call torch.relu and pool with nn.AdaptiveAvgPool2d. */
const cifar: SourceTraits = { activations: "tensor", pools: "module" };

const torchvisionTransformer: SourceTraits = { attention: "nn.MultiheadAttention" };

/** The wrapper around BERT returns the last hidden state only; its GELU is a stored function. */
const bert: SourceTraits = { activations: "captured", pruned: ["model.pooler"] };

const folded: SourceTraits = { batchNorm: "folded" };

/** Networks that are not listed are written with modules where the layer paths say so. */
export const networkTraits: Readonly<Record<string, SourceTraits>> = {
  "tv/vit_b_16": torchvisionTransformer,
  "tv/vit_b_32": torchvisionTransformer,
  "tv/vit_l_16": torchvisionTransformer,
  "tv/convnext_tiny": {
    subclassed: [
      {
        layer: "layer norm",
        under: ["features.0", "features.2", "features.4", "features.6", "classifier"],
      },
    ],
  },
  "timm/deit_tiny_patch16_224": timmTransformer,
  "timm/deit_small_patch16_224": timmTransformer,
  "timm/deit_base_patch16_224": timmTransformer,
  "timm/deit_small_distilled_patch16_224": timmTransformer,
  "timm/vit_small_patch32_224": timmTransformer,
  "timm/vit_small_patch16_224": timmTransformer,
  "timm/vit_base_patch16_224": timmTransformer,
  "timm/vit_base_patch32_224": timmTransformer,
  "timm/vit_base_patch16_384@384": timmTransformer,
  "timm/swin_tiny_patch4_window7_224": { attention: "operator" },
  "timm/efficientnet_b0": timmEfficient,
  "timm/mobilenetv2_100": timmEfficient,
  "timm/tf_efficientnet_b0": {
    pools: "mean outside modules",
    subclassed: [{ layer: "batch norm", hasChildren: true }, { layer: "strided convolution" }],
  },
  "cifar/resnet18": cifar,
  "cifar/resnet18-100c": cifar,
  "cifar/resnet50": cifar,
  "cifar/He-resnet20-A": cifar,
  "cifar/He-resnet32-A": cifar,
  "cifar/He-resnet56-A": cifar,
  "cifar/He-resnet110-A": cifar,
  "cifar/He-resnet20-B": cifar,
  "cifar/He-resnet56-B": cifar,
  "cifar/WRN-28-10": cifar,
  "cifar/WRN-16-8": cifar,
  "cifar/MobileNetV2": { activations: "module", pools: "module", globalPools: "window" },
  "mnist/LeNet5@28pad2": { pools: "module" },
  "mnist/MLP784-300-100-10": { activations: "module" },
  "hf/bert-base@128/eager": bert,
  "hf/bert-base@128/sdpa": { ...bert, attention: "fused" },
  "folded/resnet18": folded,
  "folded/resnet50": folded,
  "folded/mobilenet_v2": folded,
  "folded/efficientnet_b0": folded,
};
