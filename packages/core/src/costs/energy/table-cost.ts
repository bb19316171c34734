/** Cost models over energy tables: Joules, differentiable in activity, channels and densities. */

import { additiveCost, type CostModel } from "../cost-model.js";
import { inputShares, outputShares, productShares, type Shares, weightShares } from "../shares.js";
import { accessesOf, type EnergyOptions, energyPrices } from "./modelled.js";
import { JOULES_PER_PICOJOULE } from "./tables.js";

const withDensity = (shares: Shares, ...densities: readonly (Shares[number] | undefined)[]) => [
  ...shares,
  ...densities.filter((d) => d !== undefined),
];

/**
 * The cost of a ledger by an energy table. Where a ledger knows densities, zeros are neither moved nor multiplied.
 *
 * @throws UserError E_CONFIG for a precision or a memory that the table does not have.
 * @example
 * energyCost({ name: "int8", title: "8 bits", table: "horowitz45", precision: "int8" }).unit // "J"
 */
export function energyCost(
  options: EnergyOptions & { readonly name: string; readonly title: string },
): CostModel {
  const { name, title, ...model } = options;
  const prices = energyPrices(model);
  const perMac = prices.perMac * JOULES_PER_PICOJOULE;
  const perOperand = prices.perOperand * JOULES_PER_PICOJOULE;
  return additiveCost({
    name,
    title,
    unit: "J",
    terms: (entry) => {
      const { macs, inputs, weights, outputs } = accessesOf(entry);
      const { density } = entry;
      const products = productShares(entry);
      return [
        { amount: macs * perMac, shares: withDensity(products, density?.in, density?.weights) },
        { amount: inputs * perOperand, shares: withDensity(inputShares(entry), density?.in) },
        {
          amount: weights * perOperand,
          shares: withDensity(weightShares(entry), density?.weights),
        },
        { amount: outputs * perOperand, shares: withDensity(outputShares(entry), density?.out) },
      ];
    },
  });
}
