// The loop over all customers that questions are answered by. Inside this folder only.
#pragma once
#include <mutex>
#include <vector>

#include "base/hash.h"
#include "engine/ask.h"

namespace cairn::engine {

/// How many customers are looked at between two looks at the flag.
inline constexpr uint32_t kBlock = 1024;

/// Verifies what a plan reads of these customers, when it is of a snapshot.
Result<void> touch(const Plan& plan, const timeline::Part& part, const Look& look, timeline::Range customers);

/// Whether somebody wants it to end; counts what is done.
inline bool goes_on(const Ask& ask, uint32_t customers) {
  if (!ask.progress) return true;
  ask.progress->customers_done.fetch_add(customers, std::memory_order_relaxed);
  return !ask.progress->is_cancelled.load(std::memory_order_relaxed);
}

/// Calls body(shard number, shard) for every shard, side by side. The first error counts.
template <class Body>
Result<void> each_shard(const Ask& ask, Body body) {
  std::mutex mutex;
  Result<void> out;
  ask.executor.parallel_for(kShards, [&](size_t shard) {
    Result<void> result = body(shard, ask.version.shard(static_cast<int>(shard)));
    if (result) return;
    std::lock_guard lock(mutex);
    if (out) out = std::move(result);
  });
  return out;
}

/// Calls body(part, first, last) for blocks of neighbours, in order of ids, of one shard.
template <class Body>
Result<void> each_block(const Plan& plan, const Ask& ask, const Look& look, const timeline::Shard& shard, Body body) {
  for (const timeline::Run& run : shard.runs()) {
    TRY(touch(plan, *run.part, look, {run.first, run.last}));
    for (uint32_t first = run.first; first < run.last; first += kBlock) {
      uint32_t last = run.last - first < kBlock ? run.last : first + kBlock;
      if (!goes_on(ask, last - first)) return fail(Code::conflict, "The question was stopped.");
      body(*run.part, first, last);
    }
  }
  return {};
}

/// Calls body(state of the shard, customer) for everybody whom the question is about: in order of ids, within a shard.
/// Gives the states by shard.
template <class State, class Body>
Result<std::vector<State>> each_customer(const Plan& plan, const Ask& ask, Body body) {
  std::vector<State> states(kShards);
  Look look = look_of(plan, ask.now);
  TRY(each_shard(ask, [&](size_t number, const timeline::Shard& shard) -> Result<void> {
    Customer customer(plan);
    return each_block(plan, ask, look, shard, [&](const timeline::Part& part, uint32_t first, uint32_t last) {
      for (uint32_t index = first; index < last; ++index) {
        customer.look(part, index, look);
        if (customer.is_there() && customer.holds(plan.question->condition)) body(states[number], customer);
      }
    });
  }));
  return states;
}

/// What a row belongs to.
void key_of(const std::vector<Dimension>& by, Customer& customer, const timeline::Stream& stream, const Item& item,
            Key& out);

}  // namespace cairn::engine
