// Predictions for a batch, and their loss where it has targets.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "model/pass.h"

namespace bptt {

template <class S>
struct Evaluation {
  std::vector<S> output;  // [R, O] in the order of the batch; crf: the marginals, where the batch wants them
  bool has_path = false;           // crf
  std::vector<std::int32_t> path;  // crf: [N], the most probable labels of each sequence as a whole
  double loss = NAN;      // sum over the counted rows; NaN without targets
  int count = 0;
  int infeasible = 0;     // ctc, crf: targets that cannot be; they are not counted
  States<S> final;     // at each sequence's last step, where the batch keeps them
};

// The batch must have passed check(). `pass` lends its work areas. Throws NotFinite where a result is not a number, and
// ERR_NON_FINITE where the loss is none.
template <class S>
Evaluation<S> evaluate(Pass<S>& pass, const Weights<S>& weights, const Batch<S>& batch, ThreadPool& pool) {
  if (weights.spec().has_decoder() && !batch.has_targets) throw Error(ErrorCode::data, "batch: a network with a decoder is evaluated on targets, found none; decode finds outputs");
  batch.check_use(BatchUse::evaluation);
  Evaluation<S> evaluation;
  pass.forward(weights, batch, RandomStreams{}, WordDropout{}, pool, nullptr, batch.keeps ? &evaluation.final : nullptr);
  pass.check_finite();
  if (weights.spec().crf) {
    evaluation.has_path = true;
    evaluation.path.resize(pass.results());
    pass.best_paths(evaluation.path.data(), pool);
    if (batch.marginals) pass.marginals(pool);
  }
  if (!weights.spec().crf || batch.marginals) {
    evaluation.output.resize(pass.results() * weights.spec().outputs);
    pass.write(evaluation.output.data(), pool);
  }
  if (batch.has_targets) {
    const Loss loss = pass.loss(false, pool);
    if (!std::isfinite(loss.sum)) throw Error(ErrorCode::non_finite, "the loss is not finite: the targets are not, or are too large");
    evaluation.loss = loss.sum;
    evaluation.count = loss.count;
    evaluation.infeasible = loss.infeasible;
  }
  return evaluation;
}

}  // namespace bptt
