// Trains a copy of a network's parameters: one call, one batch.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "model/inference/decode.h"
#include "model/inference/evaluation.h"
#include "model/network.h"
#include "model/training/optimizer.h"

namespace bptt {

struct TrainerSpec {
  OptimizerSpec optimizer;
  double clip_norm = 0;  // bound on the global norm of the gradient; 0: none
  std::uint64_t seed = 0;
  std::vector<std::uint8_t> rare_tokens;  // [vocabulary], 1: at random read as unknown; empty: none
  std::vector<std::uint8_t> rare_characters;  // [character vocabulary], the same

  // Throws ERR_OPTION or ERR_SHAPE where it does not fit the network.
  void check(const NetworkSpec&) const;
  WordDropout word_dropout() const { return {rare_tokens.empty() ? nullptr : rare_tokens.data(), rare_characters.empty() ? nullptr : rare_characters.data()}; }
};

struct StepResult {
  double loss = 0;  // sum over the counted rows
  int count = 0;
  double gradient_norm = 0;  // before clipping
  int infeasible = 0;        // ctc, crf: targets that cannot be; they are not counted
};

// All that decides how a training goes on, besides the batches and rates it will be given.
template <class S>
struct TrainerState {
  std::uint64_t updates = 0;
  Parameters<S> parameters;
  Parameters<S> first, second;  // the optimizer's moments, empty where it has none
  std::optional<Parameters<S>> kept;
  States<S> carried;  // [L, B, H] where the last batch that keeps its states ended; empty before one
};

template <class S>
class Trainer {
 public:
  Trainer(std::shared_ptr<const Snapshot<S>> start, const TrainerSpec&);
  // Goes on where another trainer of the same network and spec was, to the same bits. Throws ERR_SHAPE where the sizes are
  // not those of its state().
  Trainer(std::shared_ptr<const Architecture>, const TrainerSpec&, TrainerState<S>);

  // Forward, loss, backward, clip, update, by the gradient of the mean loss over the counted rows. The same numbers with
  // any number of threads. A loss or norm that is not finite throws ERR_NON_FINITE and leaves everything as it was;
  // a batch without a counted row changes no parameter.
  StepResult step(const Batch<S>&, double learning_rate, ThreadPool&);
  // With the parameters being trained.
  Evaluation<S> evaluate(const Batch<S>&, ThreadPool&);
  Decoding<S> decode(const Batch<S>&, const DecodingOptions&, ThreadPool&);
  // Remembers the parameters as they are now. Throws ERR_NON_FINITE where one of them is NaN or infinite.
  void keep();
  // The kept parameters, or, if none were kept, the last ones, checked in the same way.
  std::shared_ptr<const Snapshot<S>> result() const;
  TrainerState<S> state() const;

  const Parameters<S>& parameters() const { return parameters_; }
  const NetworkSpec& spec() const { return architecture_->spec; }

 private:
  Trainer(std::shared_ptr<const Architecture>, const TrainerSpec&, Parameters<S>);
  const Weights<S>& packed(ThreadPool&);
  // The acts of a step. First: the sums over a batch, of its loss and of the gradients, none of them divided yet.
  Loss sum_gradients(const Batch<S>&, ThreadPool&);
  // Last: divides by the count, clips and updates.
  StepResult apply(const Loss&, double learning_rate, ThreadPool&);
  void check_parameters() const;
  void carry(const Batch<S>&);

  std::shared_ptr<const Architecture> architecture_;
  TrainerSpec spec_;
  Parameters<S> parameters_;
  Weights<S> weights_;
  bool stale_ = true;  // parameters have changed since they were packed
  Gradients<S> gradients_;
  Optimizer<S> optimizer_;
  Pass<S> pass_;
  States<S> carried_, next_carried_;  // truncated back-propagation through time: where the last batch that keeps its states ended
  std::size_t carried_sequences_ = 0;
  std::optional<Parameters<S>> kept_;
};

}  // namespace bptt
