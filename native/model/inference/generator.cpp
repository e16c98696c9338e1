#include "model/inference/generator.h"

#include <algorithm>
#include <string>

#include "kernels/kernels.h"
#include "model/heads/output_activation.h"
#include "model/input/input.h"
#include "model/input/step_input.h"
#include "model/network/finite.h"
#include "model/parameters/initial_states.h"

namespace bptt {

namespace {

// Apart from the streams of training (model/network/random_streams.h) and of the initial values.
constexpr std::uint64_t sampling_stream = 1ull << 41;

void check_network(const NetworkSpec& spec) {
  const auto fail = [](const std::string& message) { throw Error(ErrorCode::option, "generator: expected a network " + message); };
  if (spec.bidirectional) fail("of one direction, found a bidirectional one");
  if (spec.input.window > 0) fail("without a window, found one of " + std::to_string(spec.input.window));
  if (spec.input.has_characters()) fail("that reads symbols alone, found one that reads their characters");
  if (spec.has_decoder()) fail("that is one stack, found an encoder–decoder, whose outputs decode finds");
  if (spec.ctc) fail("whose outputs belong to its steps, found one with ctc");
  if (spec.crf) fail("whose outputs do not depend on steps to come, found one with crf");
  if (spec.pooled()) fail("with a result at each step, found pooling");
  const bool same_kind = spec.input.kind == InputKind::tokens     ? spec.output == OutputKind::classes
                         : spec.input.kind == InputKind::multihot ? spec.output == OutputKind::multihot
                                                             : spec.output == OutputKind::values;
  if (!same_kind || spec.input.size != spec.outputs)
    fail("whose output is what it reads: tokens and classes, multihot and multihot, or features and values, of one size; found " +
         std::to_string(spec.input.size) + " inputs and " + std::to_string(spec.outputs) + " outputs of another kind or size");
}

int boundary(const NetworkSpec& spec) { return spec.output == OutputKind::multihot ? spec.outputs - 1 : 0; }

SamplingSpec sampling(const NetworkSpec& network, const GeneratorSpec& options) {
  SamplingSpec spec = options.sampling;
  if (options.endless && network.output != OutputKind::values) spec.banned.push_back(boundary(network));
  return spec;
}

}  // namespace

template <class S>
void GeneratorSpec::check(const NetworkSpec& network, const Batch<S>& prompts) const {
  const std::vector<std::int32_t>& lengths = prompts.lengths;
  check_network(network);
  prompts.check_use(BatchUse::prompts);
  bptt::sampling(network, *this).check(network);
  if (seeds.size() != lengths.size())
    throw Error(ErrorCode::shape, "seeds: expected " + std::to_string(lengths.size()) + " numbers, one a sequence, found " + std::to_string(seeds.size()));
  for (std::size_t b = 0; b < lengths.size(); ++b)
    if (lengths[b] < 1) throw Error(ErrorCode::shape, "lengths[" + std::to_string(b) + "]: expected a prompt of at least one step, found none");
}

// What one sequence has emitted in a chunk.
template <class S>
struct Generator<S>::Track {
  std::int32_t length = 0;
  std::vector<std::int32_t> symbols, active_counts, active;
  std::vector<S> values, probabilities;
};

template <class S>
void Generated<S>::append(const Generated& other) {
  const auto add = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
  add(lengths, other.lengths);
  add(symbols, other.symbols);
  add(active_counts, other.active_counts);
  add(active, other.active);
  add(values, other.values);
  add(probabilities, other.probabilities);
  add(ended, other.ended);
}

template <class S>
Generator<S>::Generator(std::shared_ptr<const Snapshot<S>> snapshot, Batch<S> prompts, GeneratorSpec options, ThreadPool& pool)
    : snapshot_(std::move(snapshot)),
      weights_(snapshot_->weights(pool)),
      options_(std::move(options)),
      prompts_(std::move(prompts)),
      sampler_(sampling(spec(), options_), spec().outputs),
      stepper_(weights_.stack(), static_cast<int>(prompts_.lengths.size())),
      symbol_sums_(weights_.symbol_sums(pool)),
      symbols_(symbol_sums_ == nullptr ? 0 : prompts_.lengths.size()),
      x_(symbol_sums_ != nullptr ? 0 : checked_product({prompts_.lengths.size(), static_cast<std::size_t>(spec().input.width())})),
      z_(checked_product({prompts_.lengths.size(), static_cast<std::size_t>(spec().outputs)})),
      y_(z_.size()),
      positions_(prompts_.lengths.begin(), prompts_.lengths.end()),
      ended_(prompts_.lengths.size(), 0) {}

// All steps of the prompts but their last ones at once; the last ones are what the first step reads.
template <class S>
void Generator<S>::read_prompts(ThreadPool& pool) {
  const NetworkSpec& network = spec();
  const std::size_t sequences = prompts_.lengths.size(), width = network.input.width();
  Batch<S> before;
  std::size_t n = 0, index = 0;
  for (std::size_t b = 0; b < sequences; ++b) {
    const std::int32_t steps = prompts_.lengths[b] - 1;
    before.lengths.push_back(steps);
    switch (network.input.kind) {
      case InputKind::tokens:
        before.tokens.insert(before.tokens.end(), prompts_.tokens.begin() + n, prompts_.tokens.begin() + n + steps);
        read(b, prompts_.tokens.data() + n + steps, 1);
        break;
      case InputKind::features:
        before.features.insert(before.features.end(), prompts_.features.begin() + n * width, prompts_.features.begin() + (n + steps) * width);
        std::copy_n(prompts_.features.begin() + (n + steps) * width, width, x_.data() + b * width);
        break;
      case InputKind::multihot: {
        std::size_t count = 0;
        for (std::int32_t t = 0; t < steps; ++t) count += prompts_.active_counts[n + t];
        before.active_counts.insert(before.active_counts.end(), prompts_.active_counts.begin() + n, prompts_.active_counts.begin() + n + steps);
        before.active.insert(before.active.end(), prompts_.active.begin() + index, prompts_.active.begin() + index + count);
        read(b, prompts_.active.data() + index + count, prompts_.active_counts[n + steps]);
        index += count + prompts_.active_counts[n + steps];
        break;
      }
    }
    n += steps + 1;
    rows_.push_back(static_cast<std::int32_t>(b));
  }
  stepper_.reset(static_cast<int>(sequences));
  InitialStates<S> first;
  StateView<const S> states;
  if (network.has_context()) {
    first.forward(weights_.initial_states(), network.stack(), prompts_.context.data(), static_cast<int>(sequences), pool);
    states = first.states();
  }
  AlignedArray<S> h, c;
  if (n > sequences) {
    const BatchOrder order(before.lengths);
    InputStage<S> input;
    StackPass<S> stack;
    h.resize(checked_product({static_cast<std::size_t>(network.layers), sequences, static_cast<std::size_t>(network.state())}));
    c.resize(checked_product({static_cast<std::size_t>(network.layers), sequences, static_cast<std::size_t>(network.memory())}));
    typename StackPass<S>::Forward forward{};
    forward.layout = &order.layout();
    forward.input = input.forward({weights_.input(), &before, &order, RandomStreams{}, {}}, pool);
    forward.initial = states;
    forward.final = {h.data(), c.size() > 0 ? c.data() : nullptr};
    stack.forward(weights_.stack(), forward, pool);
    states = {h.data(), forward.final.c};
  }
  if (states.h != nullptr) place_states(states);
  prompts_ = Batch<S>();
}

// States, h [L, B, P] and c [L, B, H], become those of the rows.
template <class S>
void Generator<S>::place_states(StateView<const S> states) {
  const std::size_t sequences = ended_.size(), state = spec().state(), memory = spec().memory(), layers = spec().layers;
  AlignedArray<S> h(layers * state), c(layers * memory);
  for (std::size_t b = 0; b < sequences; ++b) {
    for (std::size_t layer = 0; layer < layers; ++layer) {
      const std::size_t from = layer * sequences + b;
      std::copy_n(states.h + from * state, state, h.data() + layer * state);
      if (states.c != nullptr) std::copy_n(states.c + from * memory, memory, c.data() + layer * memory);
    }
    stepper_.set_state(static_cast<int>(b), h.data(), states.c != nullptr ? c.data() : nullptr);
  }
}

template <class S>
Generated<S> Generator<S>::next(int steps, ThreadPool& pool) {
  if (!started_) read_prompts(pool);
  started_ = true;
  std::vector<Track> tracks(ended_.size());
  for (int step = 0; step < steps && !rows_.empty(); ++step) {
    pool.stop().check();
    advance(tracks, pool);
  }
  return collect(tracks);
}

template <class S>
void Generator<S>::advance(std::vector<Track>& tracks, ThreadPool& pool) {
  const int rows = static_cast<int>(rows_.size()), outputs = spec().outputs;
  const S* a = symbol_sums_ != nullptr ? stepper_.step(nullptr, pool, symbol_sums_->of(symbols_.data())) : stepper_.step(x_.data(), pool);
  weights_.output().forward(a, rows, z_.data(), pool);
  activate<S>(spec().output, z_.data(), rows, outputs, y_.data(), nullptr);
  // Rows that go on move up to the places of those that have ended.
  kept_.clear();
  for (int r = 0; r < rows; ++r) {
    const std::int32_t sequence = rows_[r];
    Track& track = tracks[sequence];
    ++track.length;
    if (emit(r, track, kept_.size())) {
      rows_[kept_.size()] = sequence;
      kept_.push_back(r);
    } else {
      ended_[sequence] = 1;
    }
    ++positions_[sequence];
  }
  if (static_cast<int>(kept_.size()) < rows) {
    rows_.resize(kept_.size());
    stepper_.gather(kept_.data(), static_cast<int>(kept_.size()));
  }
}

template <class S>
void Generator<S>::read(std::size_t row, const std::int32_t* ids, std::size_t count) {
  if (symbol_sums_ != nullptr) symbols_[row] = *ids;
  else read_step(weights_, ids, count, x_.data() + row * spec().input.width());
}

template <class S>
bool Generator<S>::emit(int r, Track& track, std::size_t next) {
  const std::size_t outputs = spec().outputs;
  const S *z = z_.data() + r * outputs, *y = y_.data() + r * outputs;
  // One logit that is not a number makes the whole row of a softmax so.
  if (!finite(y, spec().output == OutputKind::classes ? 1 : outputs)) throw NotFinite(rows_[r], static_cast<int>(positions_[rows_[r]] - 1));
  const Random random(options_.seeds[rows_[r]], sampling_stream, positions_[rows_[r]]);
  switch (spec().output) {
    case OutputKind::classes: {
      const std::int32_t symbol = sampler_.choose(z, y, random);
      track.symbols.push_back(symbol);
      track.probabilities.push_back(y[symbol]);
      if (symbol == boundary(spec())) return false;
      read(next, &symbol, 1);
      return true;
    }
    case OutputKind::multihot: {
      S probability = static_cast<S>(sampler_.choose_active(z, y, random, active_));
      const bool ends = !active_.empty() && active_.back() == boundary(spec());
      if (ends) {
        active_.assign(1, boundary(spec()));
        probability = y[boundary(spec())];
      }
      track.active_counts.push_back(static_cast<std::int32_t>(active_.size()));
      track.active.insert(track.active.end(), active_.begin(), active_.end());
      track.probabilities.push_back(probability);
      if (ends) return false;
      read(next, active_.data(), active_.size());
      return true;
    }
    case OutputKind::values:
      track.values.insert(track.values.end(), y, y + outputs);
      std::copy_n(y, outputs, x_.data() + next * outputs);
      return true;
  }
  return false;
}

template <class S>
Generated<S> Generator<S>::collect(const std::vector<Track>& tracks) const {
  Generated<S> all;
  const auto add = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
  for (const Track& track : tracks) {
    all.lengths.push_back(track.length);
    add(all.symbols, track.symbols);
    add(all.active_counts, track.active_counts);
    add(all.active, track.active);
    add(all.values, track.values);
    add(all.probabilities, track.probabilities);
  }
  all.ended = ended_;
  return all;
}

#define BPTT_INSTANTIATE(S)                                                    \
  template void GeneratorSpec::check(const NetworkSpec&, const Batch<S>&) const; \
  template struct Generated<S>;   \
  template class Generator<S>;
BPTT_INSTANTIATE(float)
#ifdef BPTT_WITH_DOUBLE
BPTT_INSTANTIATE(double)
#endif
#undef BPTT_INSTANTIATE

}  // namespace bptt
