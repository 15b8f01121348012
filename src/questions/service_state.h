// What the parts of the service share. Inside this folder only.
#pragma once
#include "questions/plans.h"
#include "questions/service.h"

namespace cairn::questions {

using VersionPtr = std::shared_ptr<const timeline::Version>;
using PlanPtr = std::shared_ptr<const engine::Plan>;

struct Service::State {
  World& world;
  history::History& history;
  SegmentSource segments = [] { return std::make_shared<const Segments>(); };
  Plans plans{kPlansKept};
  std::unique_ptr<Queue> watch = {};  ///< Stops what takes too long.

  Result<VersionPtr> version() const;
  query::CheckResult check(std::string_view text, bool must_be_condition, const Segments& set) const;
  /// The same with its problems as one error of the field `text`.
  Result<query::Checked> checked(const std::string& text, const Segments& set) const;

  struct Ready {
    VersionPtr version;
    PlanPtr plan;
  };
  /// A plan, a version to ask, and in it every column that the plan reads: what lacks is read from the log first.
  Result<Ready> ready(const query::Checked& checked, const Segments& set, Running& running);
  /// A plan for a version that has all columns.
  Result<PlanPtr> plan(const query::Checked& checked, const Segments& set, const timeline::Version& version);

 private:
  Result<void> make_columns(const query::Checked& checked, const timeline::Schema& schema, Running& running);
};

/// Calls body() while the clock watches: too_large when `limit` was over first, conflict when it was cancelled.
template <class Body>
auto within(Service::State& state, const std::shared_ptr<Running>& running, Duration limit, Body body)
    -> decltype(body()) {
  state.watch->post_after(limit, [weak = std::weak_ptr(running), limit] {
    if (auto still = weak.lock())
      still->stop({Code::too_large, fmt::format("the question took longer than {} s and was stopped; ask it of fewer "
                                                "customers or a shorter period, or as a job, which may take longer",
                                                limit.micros / 1'000'000)});
  });
  auto out = body();
  running->finish();
  if (!out && running->is_stopped()) return tl::unexpected(running->why());
  if (!out && out.error().code == Code::corrupt) {
    state.history.mend(out.error());
    return tl::unexpected(Error{Code::unavailable,
                                "a snapshot was damaged; the timelines are being built anew from the "
                                "log, ask again in a moment",
                                {},
                                out.error().message});
  }
  return out;
}

}  // namespace cairn::questions
