// The loop over all customers that questions are answered by. Inside this folder only.
#pragma once
#include <algorithm>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/ask.h"
#include "engine/block.h"

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

/// Calls body(state of the shard, part, block, who) for blocks with somebody whom the question is about: they are 1 in
/// `who`. Gives the states by shard.
template <class State, class Body>
Result<std::vector<State>> each_kept(const Plan& plan, const Ask& ask, Body body) {
  std::vector<State> states(kShards);
  Look look = look_of(plan, ask.now);
  TRY(each_shard(ask, [&](size_t number, const timeline::Shard& shard) -> Result<void> {
    Block block(plan, look);
    std::vector<uint8_t> who;
    return each_block(plan, ask, look, shard, [&](const timeline::Part& part, uint32_t first, uint32_t last) {
      block.look(part, first, last);
      block.there(who);
      block.keep(plan.question->condition, who);
      if (std::find(who.begin(), who.end(), 1) != who.end()) body(states[number], part, block, who);
    });
  }));
  return states;
}

/// Calls body(state of the shard, customer) for everybody whom the question is about, in order of ids within a shard.
template <class State, class Body>
Result<std::vector<State>> each_customer(const Plan& plan, const Ask& ask, Body body) {
  struct Looking {
    State state;
    std::unique_ptr<Customer> customer;
  };
  Look look = look_of(plan, ask.now);
  auto found = TRY(each_kept<Looking>(
      plan, ask, [&](Looking& l, const timeline::Part& part, Block& block, const std::vector<uint8_t>& who) {
        if (!l.customer) l.customer = std::make_unique<Customer>(plan);
        for (uint32_t i = 0; i < block.size(); ++i) {
          if (!who[i]) continue;
          l.customer->look(part, block.first() + i, look);
          body(l.state, *l.customer);
        }
      }));
  std::vector<State> out;
  for (Looking& l : found) out.push_back(std::move(l.state));
  return out;
}

/// What a row belongs to.
void key_of(const std::vector<Dimension>& by, Customer& customer, const timeline::Stream& stream, const Item& item,
            Key& out);

}  // namespace cairn::engine
