// A batch as the caller has it: sequences one after the other, each step by step, never padded.
#pragma once

#include <cstdint>
#include <vector>

#include "layer/sequence_layout.h"
#include "model/network/network_spec.h"

namespace bptt {

// States of a stack between two steps, [L·D, B, H] in the order of the batch; c only where the cell has memory.
template <class S>
struct States {
  std::vector<S> h, c;
};

// What is done with a batch.
enum class BatchUse { evaluation, decoding, training, prompts };

// N is the sum of the lengths, R the number of results: N, or B with pooling. Empty vectors where a field is not given.
template <class S>
struct Batch {
  std::vector<std::int32_t> lengths;        // [B]
  std::vector<std::int32_t> tokens;         // [N]
  std::vector<std::int32_t> characters;     // those of the M distinct words, one word after the other
  std::vector<std::int32_t> character_counts;  // [M]
  std::vector<std::int32_t> words;          // [N], which of the distinct words a step is
  std::vector<S> features;                  // [N, I]
  std::vector<std::int32_t> active_counts;  // [N]
  std::vector<std::int32_t> active;         // the active indexes of all steps
  std::vector<std::int32_t> classes;        // [R], −1 is not counted; with target lengths those of all targets
  std::vector<std::int32_t> target_lengths; // [B] where targets have lengths of their own (ctc, decoder)
  std::vector<S> values;                    // [R, O]; with target lengths the rows of all targets
  double teacher_forcing = 1;               // in training of a decoder: the share of its inputs that come from the target
  bool has_targets = false;
  std::vector<S> context;  // [B, K], of a network with a context; not needed where the sequences have begun
  States<S> initial;       // where the sequences begin; empty: zeros
  bool continues = false;  // in training: begin where the batch before ended, which had as many sequences
  bool keeps = false;      // the states at the end are wanted: by the caller of an evaluation, by the next batch of a training
  bool marginals = false;  // crf: the probabilities of each step's labels are wanted of an evaluation

  // Whether they have begun, so that a context has no part any more.
  bool begun() const { return continues || !initial.h.empty() || !initial.c.empty(); }
  // Throws ERR_SHAPE or ERR_DATA where the batch does not fit the network.
  void check(const NetworkSpec&) const;
  // Throws ERR_OPTION where a field says what has no part in such a use: it would be passed over, or read where nothing is.
  void check_use(BatchUse) const;
  // Steps of all sequences, N.
  int steps() const;
  // The inputs of sequences begin … end − 1 as a batch of their own, without targets. This one must have passed check().
  Batch inputs(const NetworkSpec&, std::size_t begin, std::size_t end) const;
};

// The order in which a batch is worked on: packed rows (see SequenceLayout), and where each of them stands in the batch.
class BatchOrder {
 public:
  explicit BatchOrder(const std::vector<std::int32_t>& lengths);

  const SequenceLayout& layout() const { return layout_; }
  int rows() const { return layout_.rows(); }
  // Step of the batch, 0 … N−1, that the packed row holds.
  int step_of(int row) const { return step_of_[row]; }
  const std::int32_t* steps() const { return step_of_.data(); }
  // First step of sequence b in the batch.
  int start(int b) const { return starts_[b]; }

 private:
  SequenceLayout layout_;
  std::vector<std::int32_t> starts_, step_of_;
};

}  // namespace bptt
