// From the results of a CTC network to labels.
//
//   beam 1   the best path: the most probable class of each step, repeats merged, blanks taken out.
//   beam n   prefix search (Graves 2012, section 7.5; Hannun et al. 2014): of all labellings that begin the same way the
//            paths are summed up, apart by whether they end with a blank. After each step the n most probable prefixes
//            go on. A prefix that ends with l grows by another l only from paths that end with a blank.
//
// The labellings found are then ordered by their exact probability, the sum over all of their paths (ctc.h), which is their
// score.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "model/ctc/ctc.h"

namespace bptt {

struct Labelling {
  std::vector<std::int32_t> labels;
  double log_probability = 0;
};

// Work areas for one sequence at a time; each thread has its own.
template <class S>
class CtcSearch {
 public:
  // The best labellings found, best first, at most `best` and at most `beam` of them, at least one.
  std::vector<Labelling> search(const CtcRows<S>&, int beam, int best);
  // The prefixes that prefix search ends with, at most `beam`, by the probabilities that it goes by, as shares of the best one's.
  std::vector<Labelling> prefixes(const CtcRows<S>&, int beam);

 private:
  // A prefix that was among the best at some step: its last label and the prefix before that.
  struct Prefix {
    int parent;
    std::int32_t label;
    int place;  // in the beam, or −1
  };
  // A prefix in the beam, with the probability of its paths as a share of the best one's.
  struct Entry {
    int prefix;
    double blank, label;  // of paths that end with a blank, and with the prefix's last label
    double total() const { return blank + label; }
  };
  struct Candidate {
    double probability;
    std::int64_t order;   // of equal ones the first is better
    int from;             // place in the beam of the prefix itself, or of the one that is extended by `label`
    std::int32_t label;   // blank: not extended
    bool worse_than(const Candidate& other) const {
      return probability < other.probability || (probability == other.probability && order > other.order);
    }
  };

  std::vector<std::int32_t> best_path(const CtcRows<S>&) const;
  void begin();
  void advance(const S* y, int classes, int beam);
  void offer(const Candidate&, int beam);
  int find_or_add(int parent, std::int32_t label);
  bool in_beam(int parent, std::int32_t label) const;
  std::vector<std::int32_t> labels_of(int prefix) const;

  std::vector<Prefix> prefixes_;
  std::unordered_map<std::uint64_t, int> numbers_;  // parent and label → place in prefixes_
  std::vector<Entry> beam_, stay_, next_;
  std::vector<Candidate> candidates_;  // a heap with the worst one at its front
  CtcAlignment<S> alignment_;
};

}  // namespace bptt
