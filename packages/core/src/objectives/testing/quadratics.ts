/** Convex quadratics under linear limits, with their solutions from the Karush-Kuhn-Tucker conditions. */

/** min sum_i h_i (x_i - a_i)^2 / 2 where b_j . x <= c_j for every j. */
export interface Quadratic {
  readonly name: string;
  readonly curvature: readonly number[];
  readonly centre: readonly number[];
  readonly limits: readonly { readonly slope: readonly number[]; readonly bound: number }[];
  readonly x: readonly number[];
  /** Dual variable of each limit. */
  readonly dual: readonly number[];
}

export const quadratics: readonly Quadratic[] = [
  {
    // x - 3 + mu = 0 at x = 1.
    name: "one variable, one limit",
    curvature: [1],
    centre: [3],
    limits: [{ slope: [1], bound: 1 }],
    x: [1],
    dual: [2],
  },
  {
    // The free minimum keeps the limit.
    name: "a limit that does not bind",
    curvature: [1],
    centre: [3],
    limits: [{ slope: [1], bound: 5 }],
    x: [3],
    dual: [0],
  },
  {
    // h_i (x_i - a_i) + mu b_i = 0: x = (3 - mu, 2 - mu, 1 - mu / 2); their sum 6 - 5/2 mu is 2 for mu = 1.6.
    name: "three variables, one limit",
    curvature: [1, 1, 2],
    centre: [3, 2, 1],
    limits: [{ slope: [1, 1, 1], bound: 2 }],
    x: [1.4, 0.4, 0.2],
    dual: [1.6],
  },
  {
    // x = (3 - mu1 - mu2, 2 - mu2) = (1, 1): mu2 = 1, mu1 = 1.
    name: "two variables, two limits that both bind",
    curvature: [1, 1],
    centre: [3, 2],
    limits: [
      { slope: [1, 0], bound: 1 },
      { slope: [1, 1], bound: 2 },
    ],
    x: [1, 1],
    dual: [1, 1],
  },
  {
    // 2 (x1 - 1) + mu = 0 and x2 - 4 + 2 mu = 0 on x1 + 2 x2 = 4: 9 - 4.5 mu = 4, mu = 10/9. Then x1 = 4/9 <= 1.
    name: "two limits of which one binds",
    curvature: [2, 1],
    centre: [1, 4],
    limits: [
      { slope: [1, 2], bound: 4 },
      { slope: [1, 0], bound: 1 },
    ],
    x: [4 / 9, 16 / 9],
    dual: [10 / 9, 0],
  },
];
