import type { Complete } from '../support/complete';

/**
 * How a gradient `g` (with the weight decay `λ·w` added, except AdamW's) changes a weight `w`; `η` is the
 * learning rate of the step.
 *
 * | kind | update | source |
 * |---|---|---|
 * | `sgd` | `v ← μ·v + g`, `w ← w − η·v` (Nesterov: `w ← w − η·(g + μ·v)`) | Sutskever et al. 2013 |
 * | `rmsprop` | `s ← ρ·s + (1 − ρ)·g²`, then as `sgd` with `g / (√s + ε)` | Hinton 2012, lecture 6e |
 * | `adam` | `m ← β₁·m + (1 − β₁)·g`, `s ← β₂·s + (1 − β₂)·g²`, `w ← w − η·m̂ / (√ŝ + ε)` | Kingma and Ba 2015 |
 * | `adamw` | as `adam`, and `w ← w − η·λ·w` | Loshchilov and Hutter 2019 |
 */
export type OptimizerSpec = SgdOptions | RmspropOptions | AdamOptions | AdamWOptions;

/** An optimizer with all its defaults. */
export type OptimizerKind = OptimizerSpec['kind'];

/** Stochastic gradient descent, with momentum if wanted. */
export interface SgdOptions {
  /** Names the kind. */
  kind: 'sgd';
  /** η, greater than 0. Default 0.1. */
  learningRate?: number | undefined;
  /** μ in [0, 1). Default 0. */
  momentum?: number | undefined;
  /** Needs a momentum greater than 0. Default false. */
  nesterov?: boolean | undefined;
  /** λ ≥ 0. Default 0. */
  weightDecay?: number | undefined;
}

/** RMSprop (Tieleman and Hinton 2012). */
export interface RmspropOptions {
  /** Names the kind. */
  kind: 'rmsprop';
  /** η, greater than 0. Default 0.001. */
  learningRate?: number | undefined;
  /** ρ in [0, 1). Default 0.9. */
  decay?: number | undefined;
  /** ε, greater than 0. Default 1e-8. */
  epsilon?: number | undefined;
  /** μ in [0, 1). Default 0. */
  momentum?: number | undefined;
  /** λ ≥ 0. Default 0. */
  weightDecay?: number | undefined;
}

interface Moments {
  /** η, greater than 0. Default 0.002. */
  learningRate?: number | undefined;
  /** β₁ in [0, 1). Default 0.9. */
  beta1?: number | undefined;
  /** β₂ in [0, 1). Default 0.999. */
  beta2?: number | undefined;
  /** ε, greater than 0. Default 1e-8. */
  epsilon?: number | undefined;
}

/** Adam (Kingma and Ba 2015). */
export interface AdamOptions extends Moments {
  /** Names the kind. */
  kind: 'adam';
  /** λ ≥ 0. Default 0. */
  weightDecay?: number | undefined;
}

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019). */
export interface AdamWOptions extends Moments {
  /** Names the kind. */
  kind: 'adamw';
  /** λ ≥ 0. Default 0.01. */
  weightDecay?: number | undefined;
}

/** An optimizer with nothing left to default. */
export type Optimizer = Complete<OptimizerSpec>;
