#include "binding/batch_argument.h"

#include "binding/arguments.h"

namespace bptt {
namespace binding {

namespace {

// Each field is copied as soon as it is read: reading the next one may run code of the caller's (a getter).
void copy(const Napi::Object& batch, const char* field, std::vector<std::int32_t>& to) {
  const Numbers<std::int32_t> from = integers(batch.Get(field), field);
  to.assign(from.begin(), from.end());
}
void copy(const Napi::Object& batch, const char* field, std::vector<float>& to) {
  const Numbers<float> from = floats(batch.Get(field), field);
  to.assign(from.begin(), from.end());
}

bool flag(const Napi::Object& batch, const char* field) {
  const Napi::Value value = batch.Get(field);
  return given(value) && boolean(value, field);
}

void refuse(const Napi::Object& batch, const char* field, const char* instead) {
  if (given(batch.Get(field))) throw Error(ErrorCode::data, std::string(field) + ": this network takes " + instead);
}

}  // namespace

Batch<float> batch_argument(const Napi::Value& value, const NetworkSpec& spec) {
  const Napi::Object fields = object(value, "batch");
  Batch<float> batch;
  copy(fields, "lengths", batch.lengths);
  const char* input = spec.input.kind == InputKind::tokens ? "tokens" : spec.input.kind == InputKind::features ? "features" : "active";
  if (spec.input.kind == InputKind::tokens) copy(fields, "tokens", batch.tokens);
  else refuse(fields, "tokens", input);
  if (spec.input.has_characters()) {
    copy(fields, "characters", batch.characters);
    copy(fields, "characterCounts", batch.character_counts);
    copy(fields, "words", batch.words);
  } else {
    for (const char* field : {"characters", "characterCounts", "words"}) refuse(fields, field, "no characters");
  }
  if (spec.input.kind == InputKind::features) copy(fields, "features", batch.features);
  else refuse(fields, "features", input);
  if (spec.input.kind == InputKind::multihot) {
    copy(fields, "activeCounts", batch.active_counts);
    copy(fields, "active", batch.active);
  } else {
    for (const char* field : {"active", "activeCounts"}) refuse(fields, field, input);
  }
  const bool classes = spec.output == OutputKind::classes;
  refuse(fields, classes ? "values" : "classes", classes ? "classes" : "values");
  batch.has_targets = given(fields.Get(classes ? "classes" : "values"));
  if (batch.has_targets) {
    if (classes) copy(fields, "classes", batch.classes);
    else copy(fields, "values", batch.values);
    if (spec.ctc || spec.has_decoder()) copy(fields, "targetLengths", batch.target_lengths);
    else refuse(fields, "targetLengths", "targets without lengths of their own");
  } else if (given(fields.Get("targetLengths"))) {
    throw Error(ErrorCode::data, std::string("targetLengths: expected ") + (classes ? "classes" : "values") + " with them, found none");
  }
  const Napi::Value teacher_forcing = fields.Get("teacherForcing");
  if (given(teacher_forcing)) {
    if (!spec.has_decoder()) throw Error(ErrorCode::data, "teacherForcing: belongs to networks with a decoder");
    batch.teacher_forcing = number(teacher_forcing, "teacherForcing", 0, 1);
  }
  if (spec.has_context() && given(fields.Get("context"))) copy(fields, "context", batch.context);
  else if (!spec.has_context()) refuse(fields, "context", "no context");
  const Napi::Value initial = fields.Get("initial");
  if (given(initial)) {
    const Napi::Object states = object(initial, "initial");
    copy(states, "h", batch.initial.h);
    if (spec.cell.has_memory()) copy(states, "c", batch.initial.c);
    else refuse(states, "c", "no cell state, which only an lstm has");
    // To the core states that are empty are none.
    if (batch.initial.h.empty() && batch.initial.c.empty() && !batch.lengths.empty()) throw Error(ErrorCode::shape, "initial.h: expected states, found 0 numbers");
  }
  batch.continues = flag(fields, "continues");
  batch.keeps = flag(fields, "keeps");
  batch.marginals = flag(fields, "marginals");
  batch.check(spec);
  return batch;
}

}  // namespace binding
}  // namespace bptt
