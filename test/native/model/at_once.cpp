// One network in several hands at the same time, as the binding hands it out: each prediction is made with one whole set of
// parameters, whatever is trained and put in place meanwhile. To be run under the thread sanitizer.
#include <atomic>
#include <cstring>
#include <mutex>
#include <thread>

#include "check.h"
#include "model/model_cases.h"

namespace bptt {
namespace test {
namespace {

using Shared = std::shared_ptr<const Snapshot<float>>;

// What the owner of the network hands to those who predict.
class Counter {
 public:
  void put(Shared snapshot) {
    std::lock_guard<std::mutex> lock(mutex_);
    snapshot_ = std::move(snapshot);
  }
  Shared take() {
    std::lock_guard<std::mutex> lock(mutex_);
    return snapshot_;
  }

 private:
  std::mutex mutex_;
  Shared snapshot_;
};

BPTT_TEST("a network predicts while it is trained and its parameters are replaced, all at the same time") {
  NetworkSpec spec = network(InputKind::tokens, 30, 12, Pooling::none, OutputKind::classes, 20);
  spec.hidden = 20;
  spec.bidirectional = true;
  const Batch<float> batch = random_batch<float>(spec, {9, 7, 4, 1});
  constexpr int rounds = 12;
  Network<float> network(spec);
  Counter counter;
  counter.put(network.snapshot());

  struct Prediction {
    Shared snapshot;
    std::vector<float> output;
  };
  std::atomic<bool> over{false};
  std::vector<Prediction> predictions[3];
  std::vector<std::thread> readers;
  for (std::vector<Prediction>& mine : predictions)
    readers.emplace_back([&, all = &mine] {
      ThreadPool pool(1);
      Pass<float> pass;
      while (!over || all->empty()) {
        const Shared snapshot = counter.take();
        all->push_back({snapshot, evaluate(pass, snapshot->weights(pool), batch, pool).output});
      }
    });

  // Trained on a thread of its own with two helpers, put in place by this one, which owns the network.
  for (int round = 0; round < rounds; ++round) {
    Shared result;
    std::thread trained([&, start = network.snapshot()] {
      ThreadPool pool(3);
      Trainer<float> trainer(start, TrainerSpec{});
      trainer.step(random_batch<float>(spec, {9, 8, 5}, round), 0.05, pool);
      result = trainer.result();
    });
    trained.join();
    network.replace(result);
    const ParameterEntry& bias = network.arena().find("output.bias");
    network.set_parameter(bias, std::vector<float>(bias.size(), 0.1f * round).data());
    counter.put(network.snapshot());
  }
  over = true;
  for (std::thread& reader : readers) reader.join();

  for (const std::vector<Prediction>& all : predictions)
    for (const Prediction& prediction : all) {
      const std::vector<float> expected = evaluation(*prediction.snapshot, batch).output;
      CHECK(std::memcmp(expected.data(), prediction.output.data(), expected.size() * sizeof(float)) == 0);
    }
}

}  // namespace
}  // namespace test
}  // namespace bptt
