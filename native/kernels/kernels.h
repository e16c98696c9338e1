// The kernels of one instruction set as a table of functions. This header is seen by code compiled for different
// instruction sets, so it holds plain structs only: anything inline could be merged by the linker and run where it must not.
//
// Sizes: T steps, B batch, I input, H hidden, O output, G gates. All matrices are row-major; `ld…` is the distance between
// rows in elements. Hp is H rounded up to whole packets (lanes): work areas of units have slots of Hp, and what lies
// between H and Hp is never used (`saved` has 0 there after the backward pass, since products run over it).
//
// Same bits whatever the partition: every element of a product is summed in the order start value, then k = 0, 1, 2, …
// with one fused multiply-add each (or one multiplication and one addition where the processor has none), whatever tile
// it falls in. So rows, columns and units may be split anywhere, at multiples of a panel.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bptt {

// The nonlinearity g of the plain recurrence.
enum class Activation : int { tanh, relu, sigmoid, identity };

// The pointwise stages of the cells (cell_….h). gru_before has two stages, since r multiplies h before the candidate's product, and so has an lstm
// whose memory is normalised: c, then h.
enum class Stage : int { rnn, lstm, gru_after, gru_before_gates, gru_before_candidate, mingru, lstm_memory, lstm_output };

// What products multiply: the numbers as they are, or rounded to bfloat16 (to nearest, ties to even). Sums are S in both.
enum class Precision : int { float32, bfloat16 };

// What products read of activations, an operand, has a form of its own for each precision: the numbers where they lie, or a rounded
// copy of them (Products::round).
using Operand = const void*;

// The copy: rows of ld_to numbers of `operand_bytes`, so far from the array's begin.
template <class S>
struct Round {
  const S* from;
  std::ptrdiff_t ld_from;
  int rows, columns;
  void* to;
  std::ptrdiff_t ld_to;
};

// Columns [column_begin, column_end) of a matrix [depth, columns], packed into panels: of `panel` columns each (the last one `lanes`
// wide if that is enough), depth row after depth row, so that a tile reads it as one stream. What lies in them is up to the
// table. Element (k, n) comes from source[k·stride_k + n·stride_n]; it goes to depth row `offset + k` of `total_depth`, so that several
// matrices can share the panels. Missing columns become 0.
template <class S>
struct Pack {
  const S* source;
  std::ptrdiff_t stride_k, stride_n;
  int depth;
  int column_begin, column_end;  // as in Product
  std::byte* panels;
  int total_depth, offset;
};

// C[rows, columns] = start + A[rows, depth] · panels, where start is C itself (accumulate) or 0 + bias (if given). Panels that
// hold more (Pack) have total_depth rows, of which those from `offset` on are meant; total_depth 0: they hold these alone.
template <class S>
struct Product {
  int rows;
  int column_begin, column_end;  // column_begin a multiple of `panel`; column_end too, or the last column
  int depth;
  Operand a;
  std::ptrdiff_t lda;
  const std::byte* panels;
  const S* bias;  // [columns] or null
  S* c;
  std::ptrdiff_t ldc;
  bool accumulate;
  int total_depth, offset;
};

// What a gradient is multiplied with: columns [begin, end) of B, for C.
template <class S>
struct RightSide {
  int begin, end;
  Operand b;
  std::ptrdiff_t ldb;
  const std::int32_t* rows;  // row of B for each k, or null: row k
  S* c;  // null: this B is for other products of the call
  std::ptrdiff_t ldc;
  int first_zeros, last_zeros;  // of the k, so many at the begin and at the end for which B is 0; they are left out
};

// The gradient of weights, C[m, n] (+)= Σ_k A[k, column(m)] · B[row(k), n] for one or two B (x and h), each with a C of its
// own, and that of the bias, sums[m] (+)= Σ_k A[k, column(m)]. m runs over groups of `group_size` columns of A that lie
// `group_stride` apart (the gates), and over rows of C without a gap.
template <class S>
struct GradientProduct {
  int depth;
  int m_begin, m_end;
  int group_size;
  std::ptrdiff_t group_stride;
  Operand a;
  std::ptrdiff_t lda;
  RightSide<S> sides[2];
  S* sums;  // or null
  bool accumulate;
  S* work;  // as many elements as gradient_work says, for one call alone
};

// What a cell's sums begin with where x, or its first elements, are known before the step: the bias and their part of the
// product. Slot s of row r and unit u is sums[row(r)·ld + s·Hp + u], in the order of the panels.
template <class S>
struct Starts {
  const S* sums;  // null: sums begin with the bias
  std::ptrdiff_t ld;
  int inputs;                // elements of x within the sums
  const std::int32_t* rows;  // row of the sums for each r, or null: row r
};

// One step (or one stage of it) of a cell for some rows and units: products of x and h with the packed weights,
// then the pointwise part while the sums are still in the first-level cache.
// Weights: panels of units; a panel's depth rows are, gate after gate, that gate's input part and hidden part:
//   rnn [Wax Waa] · lstm i f g o, each [Wx Wh] · gru_after r z, each [Wx Wh], then n's Wx, then n's Wh
//   gru_before_gates r z, each [Wx Wh] · gru_before_candidate n [Wx Wh] (h is r ⊙ h there) · mingru z h̃, each Wx.
// Saved for the backward pass in rows of slots of Hp (`saved`, null in inference):
//   rnn – · lstm i f g o · gru_after n r z (Wh_n h + b_hn) · gru_before n r z · mingru z h̃.
//   With layer norm more follows, which is the layer's; slot 12 of an lstm is LN(c), for its second stage.
template <class S>
struct CellForward {
  Stage stage;
  Activation activation;
  int rows;
  int unit_begin, unit_end;  // unit_begin a multiple of `panel`; unit_end too, or H
  int input;   // x's depth in the product
  int state;   // h's
  int hidden, padded;
  Operand x;
  std::ptrdiff_t ldx;
  Operand h;            // what the product sees: h⟨t−1⟩, masked by recurrent dropout if there is any; r ⊙ h in the candidate stage
  std::ptrdiff_t ldh;
  bool h_is_zero;       // in all rows; its product is left out
  const std::byte* panels;
  const S* bias;        // [slots of the product][Hp] in the order of the panels; gru_after: r z n_x n_h
  const S* peepholes;   // [i f o][Hp], or null (lstm)
  Starts<S> starts;
  std::ptrdiff_t ld_state;  // of h_previous … c_next and reset_hidden: Hp or more
  const S* h_product;   // h as it is, where the product sees it rounded (gru_before_gates: r multiplies this)
  const S* h_previous;  // unmasked (gru, mingru)
  const S* c_previous;  // (lstm)
  S* h_next;
  S* c_next;            // (lstm)
  S* output;            // rows of ldo, H wide, or null
  std::ptrdiff_t ldo;
  S* saved;
  std::ptrdiff_t ld_saved;
  S* reset_hidden;      // r ⊙ h (gru_before: written by the gates stage); r and z go to `saved`, which that cell always has
};

// The sums of a step for some rows and units, as they lie.
template <class S>
struct SumsTile {
  const S* sums;
  std::ptrdiff_t slot_distance, row_distance;
  int row, rows;    // of the step's rows
  int unit, width;  // width: a multiple of the set's lanes
};

// The pointwise part of the gradient, for some rows and units. dh holds ∂L/∂h⟨t⟩ but for d_output, which is
// added here (null: none). `saved` is overwritten by the gradients of the sums:
//   rnn [da] (one slot, written) · lstm di df dg do · gru_after dn_x dr dz dn_h · gru_before dn dr dz · mingru dz dh̃
// On return dh holds the part of ∂L/∂h⟨t−1⟩ that does not pass through a product (gru, mingru), dc ∂L/∂c⟨t−1⟩ (lstm).
// gru_before_candidate runs first (dn, dz, dh), then gru_before_gates (dr, dh) with reset_gradient = dn · W_hn.
template <class S>
struct CellBackward {
  Stage stage;
  Activation activation;
  int rows;
  int unit_begin, unit_end;
  int hidden, padded;
  std::ptrdiff_t ld_state;  // of all rows but d_output and saved: Hp or more
  const S* d_output;
  std::ptrdiff_t ldo;
  S* saved;
  std::ptrdiff_t ld_saved;
  const S* peepholes;       // as in CellForward
  const S* h_previous;      // unmasked (gru, mingru)
  const S* h_product;       // h as the product saw it (gru_before: r multiplies this)
  const S* h_next;          // (rnn)
  const S* c_previous;      // (lstm)
  const S* c_next;          // (lstm)
  S* dh;
  S* dc;
  S* reset_gradient;        // (gru_before_gates): in ∂L/∂(r ⊙ h), out ∂L/∂h_product through it
};

// Layer normalisation of `slots` neighbouring slots of each row, `hidden` numbers in each, together: x becomes the normalised numbers x̂,
// y (+)= gain ⊙ x̂ + bias, and `scales` what they were multiplied by, one number a row. All slots are slot_distance apart, those of gain
// and bias too. x is 0 afterwards in units beyond H.
template <class S>
struct Normalise {
  int rows, slots, hidden;
  std::ptrdiff_t slot_distance;
  S* x;
  std::ptrdiff_t ld_x;
  const S* gain;
  const S* bias;
  S* y;
  std::ptrdiff_t ld_y;
  bool accumulate;
  S* scales;
  std::ptrdiff_t ld_scales;
};

// Its gradient: d_x (+)= ∂L/∂x from d = ∂L/∂y and the x̂ and scales of before.
template <class S>
struct NormaliseGradient {
  int rows, slots, hidden;
  std::ptrdiff_t slot_distance;
  const S* d;
  std::ptrdiff_t ld_d;
  const S* x;
  std::ptrdiff_t ld_x;
  const S* gain;
  const S* scales;
  std::ptrdiff_t ld_scales;
  S* d_x;
  std::ptrdiff_t ld_d_x;
  bool accumulate;
};

// One pass over parameters: p ← update(p, scale · g). Equations in update.cpp.
template <class S>
struct Update {
  enum Kind : int { sgd, rmsprop, adam, adamw };
  Kind kind;
  std::size_t size;
  S* parameters;
  const S* gradients;
  S* first;   // momentum (sgd), mean gradient (adam, adamw); null where unused
  S* second;  // mean square (rmsprop, adam, adamw); null where unused
  double scale;  // of the gradient: clipping
  double learning_rate, momentum, decay, beta1, beta2, epsilon, weight_decay;
  double correction1, correction2;  // 1 − β₁ᵗ, 1 − β₂ᵗ
  bool nesterov;
};

// A step of the recursion over the states of an alignment (alignment.cpp). Rows of `states` numbers, a multiple of
// `lanes`; the two numbers before `previous` are read too. Logarithms, with `unreachable` for what has no probability.
template <class S>
struct AlignmentStep {
  static constexpr S unreachable = S(-1e30);
  int states;
  const S* previous;
  const S* skip;      // 0 where state s − 2 leads to s, else unreachable
  const S* emission;
  S shift;
  S* reached;  // or null
  S* next;     // not `previous`
};

// A step of the search for the best path over labels (best_path.cpp): next[j] = max over i of from[i] + scores[i, j].
template <class S>
struct BestStep {
  int labels;         // of `from`
  int columns;        // of `scores` and `next`: a multiple of `lanes`
  const S* from;
  const S* scores;
  std::ptrdiff_t ld;
  S* next;  // not `from`
};

// Additive attention of one query (additive_attention.cpp). keys [steps, width], query and context [width], scores [steps].
template <class S>
struct AdditiveScores {
  int steps, width;
  const S* keys;
  const S* query;
  const S* context;
  S* scores;
};

// Its gradient, from d_scores [steps]: d_query is overwritten, d_keys and d_context are added to.
template <class S>
struct AdditiveGradient {
  int steps, width;
  const S* keys;
  const S* query;
  const S* context;
  const S* d_scores;
  S* d_keys;
  S* d_query;
  S* d_context;
};

// How a tile uses 32 registers (tile_shape.cpp): twelve rows by one panel, or six rows by two. It changes no bit of a result.
enum class TileShape : int { tall, wide };

// The faster one here.
TileShape best_tiles();

// Weights of so many bytes stay in a core's own cache from step to step: the second level has 512 KiB to 2 MiB on today's servers.
constexpr std::size_t own_cache = 1 << 20;

// Arrays for `read_sum` have whole units of so many bytes.
constexpr std::size_t reading_unit = 1024;

// The products of one precision. Same bits: of each table by itself, in the sense above.
template <class S>
struct Products {
  const char* isa;
  int lanes;  // Hp is a multiple of it
  int panel;  // columns of a panel: a multiple of lanes
  // Parts of panels with a product of their own begin at multiples of so many depth rows. Those between a part's depth and the next multiple
  // are read: they and what belongs to them in the operand have to be 0.
  int depth_unit;
  int weight_bytes;   // of a number in panels
  int operand_bytes;  // of a number of an operand
  void (*round)(const Round<S>&);  // null: operands are the numbers themselves
  std::size_t (*panel_bytes)(int columns, int total_depth);
  void (*pack)(const Pack<S>&);
  void (*product)(const Product<S>&);
  std::size_t (*gradient_work)(const GradientProduct<S>&);  // elements of `work` for a call with that one first
  // Products of one depth with the same B, which are copied once; all add to C or none; the first one's `work` serves.
  void (*gradient_product)(const GradientProduct<S>*, int count);
  void (*cell_forward)(const CellForward<S>&);
  // Chains in registers of what these products are made of; returns the floating-point operations. sum: of all chains' ends. Multiply-adds,
  // s ← s·value + value, or dot products in bfloat16, s ← s + value·value for each pair of numbers.
  double (*multiply_adds)(S value, int rounds, S* sum);
};

template <class S>
struct Kernels {
  const char* isa;
  int lanes;  // numbers in a packet
  const Products<S>* products;  // in the precision of S
  // The tiles of all products of this table from now on; none may be under way. Sets of 16 registers have one shape only.
  void (*use_tiles)(TileShape);
  // The pointwise part of a step alone, of sums that were computed before.
  void (*cell_pointwise)(const CellForward<S>&, const SumsTile<S>&);
  void (*cell_backward)(const CellBackward<S>&);
  void (*normalise)(const Normalise<S>&);
  void (*normalise_gradient)(const NormaliseGradient<S>&);
  void (*update)(const Update<S>&);
  // Σ x² in double, one running sum for each of 8 lanes, so that the order does not depend on the instruction set.
  double (*sum_of_squares)(const S* x, std::size_t size);
  // sums[columns] (+)= Σ_rows a, row after row.
  void (*column_sums)(const S* a, std::ptrdiff_t lda, int rows, int columns, S* sums, bool accumulate);
  // sums[columns] (+)= Σ_rows a ⊙ b, row after row.
  void (*column_products)(const S* a, std::ptrdiff_t lda, const S* b, std::ptrdiff_t ldb, int rows, int columns, S* sums, bool accumulate);
  void (*add)(S* y, const S* x, std::size_t size);                     // y += x
  void (*multiply)(S* y, const S* x, const S* z, std::size_t size);    // y = x ⊙ z
  void (*tanh)(S* y, const S* x, std::size_t size);
  void (*sigmoid)(S* y, const S* x, std::size_t size);
  // y[r] = softmax(x[r]); rows of ld elements, y may be x. log_sums[r] (null: not wanted) = ln Σ exp x[r].
  void (*softmax)(S* y, const S* x, std::ptrdiff_t ld, int rows, int columns, S* log_sums);
  S (*alignment_step)(const AlignmentStep<S>&);  // returns the largest of `next`
  S (*logarithm)(S* y, const S* x, std::size_t size);  // y = ln x; returns the smallest x, of 0 elements 1
  void (*best_step)(const BestStep<S>&);
  void (*additive_scores)(const AdditiveScores<S>&);
  void (*additive_gradient)(const AdditiveGradient<S>&);
  S (*read_sum)(const S* x, std::size_t size, int rounds);  // Σ x, `rounds` times; size in whole units of `reading_unit` bytes
};

// The table for the best instruction set that processor and binary share, or the one named by BPTT_ISA
// (an unknown or unusable name throws ERR_PLATFORM). Chosen once.
template <class S>
const Kernels<S>& current_kernels();

// Its products of one precision. Those in bfloat16 are the best that processor, system and binary share, or those that
// BPTT_BFLOAT16 names; chosen once. In double there is one precision only, the table's own.
template <class S>
const Products<S>& current_products(Precision);

// Products in bfloat16 that can be used here with the instruction set in use, best first; terminated by null. Tests have plain_tiles and
// plain_dots at the end.
const char* const* usable_bfloat16();

// Those of any instruction set that can be used here, or null.
const Products<float>* bfloat16_products(const char* name);

// Instruction sets usable here, best first; terminated by null.
const char* const* usable_isas();

// A table by name, or null: for tests that compare them.
template <class S>
const Kernels<S>* kernels_for(const char* isa);

}  // namespace bptt
