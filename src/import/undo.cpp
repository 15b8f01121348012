#include <unordered_set>

#include "base/text.h"
#include "import/rejects.h"
#include "import/run.h"
#include "import/store.h"

namespace cairn::import {
namespace {

/// Who and what a run, or one undone before it, brought and no event that is left names.
class Leftovers {
 public:
  Leftovers(Context& context, RunId run) : context_(context), run_(run) {}
  Result<void> find();
  Result<void> remove(UndoSummary& summary);

 private:
  void keep(CustomerId customer, std::string_view identifiers);
  Result<void> keep_newer(db::Transaction& tx);

  Context& context_;
  RunId run_;
  Seq seen_;
  std::unordered_set<int64_t> customers_;
  std::unordered_set<std::string> identifiers_;  // as in the log's rows: kind:value
};

std::string joined(std::string_view kind, std::string_view value) {
  return events::join_identifiers({{std::string(kind), std::string(value)}});
}

void Leftovers::keep(CustomerId customer, std::string_view identifiers) {
  customers_.erase(customer.value);
  if (identifiers_.empty()) return;
  for (std::string_view line : split(identifiers, '\n')) identifiers_.erase(std::string(line));
}

Result<void> Leftovers::find() {
  TRY(context_.store.read([&](db::Session& session) -> Result<void> {
    TRY(session.each("import.customers_of_run", {{"run", run_}}, [&](const db::Row& row) {
      customers_.insert(row.integer(0));
      return true;
    }));
    return session.each("import.identifiers_of_run", {{"run", run_}}, [&](const db::Row& row) {
      identifiers_.insert(joined(row.text(0), row.text(1)));
      return true;
    });
  }));
  seen_ = TRY(context_.log.sweep(Seq{0}, [&](const events::LogRow& row) {
    keep(row.customer, row.identifiers);
    return !customers_.empty() || !identifiers_.empty();
  }));
  return {};
}

/// Events that came since the sweep, when a server takes some in meanwhile.
Result<void> Leftovers::keep_newer(db::Transaction& tx) {
  return tx.each("import.named_after", {{"after", seen_}}, [&](const db::Row& row) {
    keep(row.id<CustomerId>(1), row.text(2));
    return true;
  });
}

Result<void> Leftovers::remove(UndoSummary& summary) {
  constexpr size_t kAtOnce = 2000;
  while (!customers_.empty() || !identifiers_.empty()) {
    std::vector<CustomerId> customers;
    std::vector<std::string> identifiers;
    int64_t identifiers_gone = 0;
    TRY(context_.store.write_now(db::Lane::import, [&](db::Transaction& tx) -> Result<void> {
      TRY(keep_newer(tx));
      customers.clear();
      identifiers.clear();
      identifiers_gone = 0;
      for (const std::string& line : identifiers_) {
        if (identifiers.size() >= kAtOnce) break;
        events::Identifier identifier = events::split_identifiers(line).at(0);
        identifiers_gone += TRY(tx.run("import.remove_identifier",
                                       {{"kind", identifier.kind}, {"value", identifier.value}, {"run", run_}}));
        identifiers.push_back(line);
      }
      // A customer goes after the identifiers, so that each is counted once.
      if (identifiers.size() < kAtOnce)
        for (int64_t customer : customers_) {
          if (customers.size() >= kAtOnce) break;
          TRY(people::remove_customer(tx, CustomerId{customer}));
          customers.push_back(CustomerId{customer});
        }
      context_.identities.forget();
      return {};
    }));
    for (CustomerId customer : customers) customers_.erase(customer.value);
    for (const std::string& line : identifiers) identifiers_.erase(line);
    summary.customers += static_cast<int64_t>(customers.size());
    summary.identifiers += identifiers_gone;
  }
  return {};
}

}  // namespace

Result<UndoSummary> undo(Context& context, RunId run, const std::string& directory) {
  std::optional<Run> found;
  TRY(context.store.read([&](db::Session& session) -> Result<void> {
    found = TRY(find_run(session, run));
    return {};
  }));
  if (!found) return fail(Code::not_found, "there is no import {}; `cairn import --list` shows them", run.value);
  if (found->state == RunState::undone) return fail(Code::conflict, "import {} is undone already", run.value);
  UndoSummary summary{run.value, 0, 0, 0};
  summary.events = TRY(context.log.remove_run(run));
  Leftovers leftovers(context, run);
  TRY(leftovers.find());
  TRY(leftovers.remove(summary));
  TRY(context.world.files.remove(Rejects::path_of(directory, run)));
  TRY(context.store.write_now(db::Lane::import,
                              [&](db::Transaction& tx) { return set_state(tx, run, RunState::undone); }));
  return summary;
}

}  // namespace cairn::import
