// Where each parameter of a network lies. All but the embedding tables are named views into one array, so that clipping
// and the update are one pass; the gradient and each of the optimiser's moments have the same layout. The tables stand
// apart, since a step touches only the rows of its tokens.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/network/network_spec.h"
#include "support/aligned_array.h"

namespace bptt {

struct ParameterEntry {
  enum Role {
    embedding, character_embedding, character_recurrent, recurrent, initial_states_weight, initial_states_bias,
    decoder_embedding, decoder_initial_weight, decoder_initial_bias, decoder_recurrent,
    attention_weight, attention_bias, attention_query, attention_context, attention_output_weight, attention_output_bias,
    output_weight, output_bias, crf_transitions
  };
  std::string name;
  int rows, columns;  // columns 0: a vector
  Role role;
  std::size_t offset;  // in the dense array; 0 for a table
  int table;           // which of the tables, or −1

  std::size_t size() const { return static_cast<std::size_t>(rows) * (columns == 0 ? 1 : columns); }
  bool dense() const { return table < 0; }
};

// The layout: `embedding.weight` [vocabulary or size, E], `characters.embedding.weight` [C, Ec], `characters.recurrent.…`,
// `recurrent.…`, `context.weight` [(1 or 2)·L·H, K], `context.bias` [(1 or 2)·L·H], `attention.weight` [A, A], `attention.bias` [A],
// `attention.context` [A], `output.weight` [O, A], `output.bias` [O], `crf.transitions` [O + 1, O + 1], as far as the network has them. With a decoder of Hd units
// `encoder.…` in place of `recurrent.…`, then `decoder.embedding.weight` [O, E], `decoder.initial.weight` [(1 or 2)·L·Hd, K],
// `decoder.initial.bias`, `decoder.…`, `attention.weight` [Hd, A], `attention.bias` [Hd], `attention.query` [Hd, Hd],
// `attention.context` [Hd] (the last three with bahdanau), `attention.output.weight` [Hd, A + Hd], `attention.output.bias` [Hd], and
// `output.weight` [O, Hd]. Each begins on a cache line; what lies between two of them is zero and stays zero.
class ParameterArena {
 public:
  explicit ParameterArena(const NetworkSpec&);

  const std::vector<ParameterEntry>& entries() const { return entries_; }
  // Throws ERR_OPTION for an unknown name.
  const ParameterEntry& find(const std::string& name) const;
  // The entry of that role, or null. For `recurrent`: the first.
  const ParameterEntry* find(ParameterEntry::Role role) const;
  std::size_t dense_size() const { return dense_size_; }
  // The entries of the tables, in their order.
  const std::vector<int>& tables() const { return tables_; }
  const ParameterEntry& table(std::size_t i) const { return entries_[tables_[i]]; }
  // Numbers in all of them, the dense array's gaps included.
  std::size_t size() const;

  // Pointers to a stack's parameters in `dense`, in the order of stack_parameters().
  template <class T>
  std::vector<T*> recurrent(T* dense, ParameterEntry::Role role = ParameterEntry::recurrent) const {
    std::vector<T*> pointers;
    for (const ParameterEntry& entry : entries_)
      if (entry.role == role) pointers.push_back(dense + entry.offset);
    return pointers;
  }
  // Pointer to the one parameter of that role, or null.
  template <class T>
  T* at(T* dense, ParameterEntry::Role role) const {
    const ParameterEntry* entry = find(role);
    return entry == nullptr ? nullptr : dense + entry->offset;
  }

 private:
  void add(std::string name, int rows, int columns, ParameterEntry::Role role);

  std::vector<ParameterEntry> entries_;
  std::size_t dense_size_ = 0;
  std::vector<int> tables_;  // indexes of entries_
};

// Values in the layout of an arena: parameters, or one of the optimiser's moments.
template <class S>
struct Parameters {
  AlignedArray<S> dense;
  std::vector<AlignedArray<S>> tables;

  Parameters() = default;
  // Zeros.
  explicit Parameters(const ParameterArena& arena) : Parameters(unset(arena)) {
    dense.zero();
    for (AlignedArray<S>& table : tables) table.zero();
  }
  // Memory that somebody else is to write, which takes no time until then.
  static Parameters unset(const ParameterArena& arena) {
    Parameters parameters;
    parameters.dense.resize(arena.dense_size());
    for (std::size_t i = 0; i < arena.tables().size(); ++i) parameters.tables.emplace_back(arena.table(i).size());
    return parameters;
  }
  bool empty() const { return dense.size() == 0; }
  // Throws ERR_SHAPE where these are not values in the layout of that arena.
  void check(const ParameterArena& arena, const char* name) const {
    bool fits = dense.size() == arena.dense_size() && tables.size() == arena.tables().size();
    for (std::size_t i = 0; fits && i < tables.size(); ++i) fits = tables[i].size() == arena.table(i).size();
    if (!fits) throw Error(ErrorCode::shape, std::string(name) + ": expected the numbers of this network, found those of another one");
  }
  S* values(const ParameterEntry& entry) { return entry.dense() ? dense.data() + entry.offset : tables[entry.table].data(); }
  const S* values(const ParameterEntry& entry) const { return entry.dense() ? dense.data() + entry.offset : tables[entry.table].data(); }
};

// Writes the initial values, a function of spec.seed alone:
//   embedding.weight, characters.embedding.weight  uniform in ±√(3/E), variance 1/E (Ma and Hovy 2016, after He et al. 2015); row 0, the padding, 0
//   recurrent.*, encoder.*, decoder.*, characters.recurrent.*  see initialise(StackSpec, …)
//   context.weight, attention.*, decoder.initial.weight, output.weight  Glorot uniform, ±√(6/(rows + columns)) (Glorot and Bengio 2010); a vector counts as one row
//   biases, crf.transitions  0
// In large networks that takes a while, which ends where it is told to stop.
template <class S>
void initialise(const NetworkSpec&, const ParameterArena&, const Stop&, Parameters<S>&);

}  // namespace bptt
