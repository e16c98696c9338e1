#include "model/training/trainer.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace bptt {

namespace {

void check_finite(const char* what, double value) {
  if (!std::isfinite(value))
    throw Error(ErrorCode::non_finite, std::string(what) + " is not finite (" + std::to_string(value) +
                                           "); the parameters are as before the step. A lower learning rate, a smaller clipNorm or cleaner data may help");
}

// Above it the squares that RMSprop and Adam keep would be infinite, and stay so.
void check_size(double norm) {
  constexpr double largest = 1e18;
  if (norm > largest)
    throw Error(ErrorCode::non_finite, "the norm of the gradient is " + std::to_string(norm) + ", too large for float32: clipNorm or smaller targets may help; the parameters are as before the step");
}

void check_rare(const char* field, const std::vector<std::uint8_t>& rare, int size) {
  if (!rare.empty() && rare.size() != static_cast<std::size_t>(size))
    throw Error(ErrorCode::shape, std::string(field) + ": expected " + std::to_string(size) + " numbers, found " + std::to_string(rare.size()));
}

template <class S>
Parameters<S> checked(Parameters<S> values, const ParameterArena& arena, const char* name) {
  values.check(arena, name);
  return values;
}

}  // namespace

void TrainerSpec::check(const NetworkSpec& network) const {
  optimizer.check();
  if (!(clip_norm >= 0) || !std::isfinite(clip_norm))
    throw Error(ErrorCode::option, "clipNorm: expected a number ≥ 0, found " + std::to_string(clip_norm));
  if (!rare_tokens.empty() && network.input.kind != InputKind::tokens)
    throw Error(ErrorCode::option, "rareTokens: expected undefined for an input that is not tokens");
  if (!rare_characters.empty() && !network.input.has_characters())
    throw Error(ErrorCode::option, "rareCharacters: expected undefined for a network that does not read characters");
  check_rare("rareTokens", rare_tokens, network.input.size);
  check_rare("rareCharacters", rare_characters, network.input.characters.vocabulary);
}

template <class S>
Trainer<S>::Trainer(std::shared_ptr<const Snapshot<S>> start, const TrainerSpec& spec)
    : Trainer(start->shared_architecture(), spec, start->parameters()) {}

template <class S>
Trainer<S>::Trainer(std::shared_ptr<const Architecture> architecture, const TrainerSpec& spec, TrainerState<S> state)
    : Trainer(architecture, spec, checked(std::move(state.parameters), architecture->arena, "parameters")) {
  optimizer_.restore(state.updates, std::move(state.first), std::move(state.second), architecture_->arena);
  if (state.kept.has_value()) kept_ = checked(std::move(*state.kept), architecture_->arena, "kept");
  const NetworkSpec& network = architecture_->spec;
  const std::size_t one = static_cast<std::size_t>(network.layers) * network.state(), h = state.carried.h.size(), c = state.carried.c.size();
  if (h % one != 0 || c != h / one * network.layers * network.memory() || (h > 0 && network.bidirectional))
    throw Error(ErrorCode::shape, "carried: expected states of " + std::to_string(one) + " numbers a sequence, of a network of one direction; found h of " +
                                      std::to_string(h) + ", c of " + std::to_string(c));
  carried_ = std::move(state.carried);
  carried_sequences_ = h / one;
}

template <class S>
Trainer<S>::Trainer(std::shared_ptr<const Architecture> architecture, const TrainerSpec& spec, Parameters<S> start)
    : architecture_(std::move(architecture)),
      spec_(spec),
      parameters_(std::move(start)),
      weights_(architecture_->spec, architecture_->arena, parameters_),
      gradients_(architecture_->arena),
      optimizer_(spec.optimizer, architecture_->arena) {
  spec.check(architecture_->spec);
}

template <class S>
const Weights<S>& Trainer<S>::packed(ThreadPool& pool) {
  if (stale_) weights_.pack(true, pool);
  stale_ = false;
  return weights_;
}

// Once nothing can fail any more.
template <class S>
void Trainer<S>::carry(const Batch<S>& batch) {
  if (!batch.keeps) return;
  std::swap(carried_, next_carried_);
  carried_sequences_ = batch.lengths.size();
}

template <class S>
StepResult Trainer<S>::step(const Batch<S>& batch, double learning_rate, ThreadPool& pool) {
  if (!batch.has_targets) throw Error(ErrorCode::data, "batch: expected targets to train on, found none");
  if (!(learning_rate >= 0) || !std::isfinite(static_cast<float>(learning_rate)))
    throw Error(ErrorCode::option, "learningRate: expected a number ≥ 0 that float32 can hold, found " + std::to_string(learning_rate));
  batch.check_use(BatchUse::training);
  if (batch.continues && carried_sequences_ != batch.lengths.size())
    throw Error(ErrorCode::state, "continues: expected a batch of as many sequences as the one before that keeps its states, " +
                                      std::to_string(carried_sequences_) + ", found " + std::to_string(batch.lengths.size()));
  const Loss sums = sum_gradients(batch, pool);
  // Whoever trains in several places adds up these sums, and `gradients_`, here.
  const StepResult result = apply(sums, learning_rate, pool);
  carry(batch);
  return result;
}

template <class S>
Loss Trainer<S>::sum_gradients(const Batch<S>& batch, ThreadPool& pool) {
  const RandomStreams streams{true, spec_.seed, optimizer_.steps()};
  pass_.forward(packed(pool), batch, streams, spec_.word_dropout(), pool, batch.continues ? &carried_ : nullptr, batch.keeps ? &next_carried_ : nullptr);
  const Loss sums = pass_.loss(true, pool);
  pass_.backward(gradients_, pool);
  return sums;
}

template <class S>
StepResult Trainer<S>::apply(const Loss& sums, double learning_rate, ThreadPool& pool) {
  if (sums.count == 0) return {0, 0, 0, sums.infeasible};
  check_finite("the loss", sums.sum);
  const double norm = optimizer_.norm(gradients_, pool) / sums.count;
  check_finite("the norm of the gradient", norm);
  // The small number keeps the quotient below the bound, as torch.nn.utils.clip_grad_norm_ does.
  const double clip = spec_.clip_norm > 0 ? std::min(1.0, spec_.clip_norm / (norm + 1e-6)) : 1.0;
  check_size(norm * clip);
  const Unstoppable update(pool);
  optimizer_.step(parameters_, gradients_, clip / sums.count, learning_rate, pool);
  stale_ = true;
  return {sums.sum, sums.count, norm, sums.infeasible};
}

template <class S>
Evaluation<S> Trainer<S>::evaluate(const Batch<S>& batch, ThreadPool& pool) {
  return bptt::evaluate(pass_, packed(pool), batch, pool);
}

template <class S>
Decoding<S> Trainer<S>::decode(const Batch<S>& batch, const DecodingOptions& options, ThreadPool& pool) {
  return bptt::decode(pass_, packed(pool), batch, options, pool);
}

template <class S>
void Trainer<S>::keep() {
  check_parameters();
  kept_ = parameters_;
}

// A step may pass every check and still end in an overflow, by a learning rate of 1e30 say.
template <class S>
void Trainer<S>::check_parameters() const {
  const Kernels<S>& kernels = current_kernels<S>();
  double sum = kernels.sum_of_squares(parameters_.dense.data(), parameters_.dense.size());
  for (const AlignedArray<S>& table : parameters_.tables) sum += kernels.sum_of_squares(table.data(), table.size());
  if (!std::isfinite(sum))
    throw Error(ErrorCode::non_finite, "after " + std::to_string(optimizer_.steps()) +
                                           " updates a parameter is not finite: a lower learning rate may help");
}

template <class S>
std::shared_ptr<const Snapshot<S>> Trainer<S>::result() const {
  if (!kept_.has_value()) check_parameters();
  return std::make_shared<const Snapshot<S>>(architecture_, kept_.has_value() ? *kept_ : parameters_);
}

template <class S>
TrainerState<S> Trainer<S>::state() const {
  TrainerState<S> state{optimizer_.steps(), parameters_, optimizer_.first(), optimizer_.second(), kept_, {}};
  if (carried_sequences_ > 0) state.carried = carried_;
  return state;
}

template class Trainer<float>;
#ifdef BPTT_WITH_DOUBLE
template class Trainer<double>;
#endif

}  // namespace bptt
