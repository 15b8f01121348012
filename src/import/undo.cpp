#include <map>
#include <unordered_set>

#include "base/text.h"
#include "json/value.h"
#include "import/rejects.h"
#include "import/run.h"
#include "import/store.h"
#include "people/merges.h"
#include "people/rules.h"

namespace cairn::import {
namespace {

/// Who and what a run, or one undone before it, brought and no event that is left names: people, their identifiers, and
/// properties and kinds that nobody declared.
class Leftovers {
 public:
  Leftovers(Context& context, RunId run) : context_(context), run_(run), rules_(context.identities.rules()) {}
  Result<void> find();
  Result<void> remove(UndoSummary& summary);

 private:
  void keep(CustomerId customer, std::string_view identifiers);
  void keep_names(std::string_view kind, std::string_view properties);
  bool is_empty() const { return customers_.empty() && identifiers_.empty() && names_.empty(); }
  Result<void> remove_names();
  Result<void> keep_newer(db::Transaction& tx);

  Context& context_;
  RunId run_;
  std::shared_ptr<const people::Rulebook> rules_;
  Seq seen_;
  std::unordered_set<int64_t> customers_;
  std::unordered_set<std::string> identifiers_;  // joined(), as they are compared
  using Texts = std::map<std::string, std::string, std::less<>>;
  std::map<std::string, Texts, std::less<>> names_;  // kind → property → the same as text in a row's JSON
};

std::string joined(std::string_view kind, std::string_view value) {
  return events::join_identifiers({{std::string(kind), std::string(value)}});
}

void Leftovers::keep(CustomerId customer, std::string_view identifiers) {
  customers_.erase(customer.value);
  if (identifiers_.empty()) return;
  for (std::string_view line : split(identifiers, '\n')) identifiers_.erase(std::string(line));
  // A row has them as they came, the table as they are compared.
  for (const events::Identifier& one : rules_->usable(events::split_identifiers(identifiers)))
    identifiers_.erase(joined(one.kind, one.value));
}

/// What is found within a property, or in a text that looks like one, stays too: only a name that is nowhere goes.
void Leftovers::keep_names(std::string_view kind, std::string_view properties) {
  auto it = names_.find(kind);
  if (it == names_.end()) return;
  std::erase_if(it->second, [&](const auto& name) {
    return name.first.empty() || properties.find(name.second) != properties.npos;
  });
  if (it->second.empty()) names_.erase(it);
}

Result<void> Leftovers::find() {
  TRY(context_.store.read([&](db::Session& session) -> Result<void> {
    TRY(session.each("import.customers_of_run", {{"run", run_}}, [&](const db::Row& row) {
      customers_.insert(row.integer(0));
      return true;
    }));
    TRY(session.each("import.undeclared_of_run", {{"run", run_}}, [&](const db::Row& row) {
      std::string property(row.text(1)), text;
      if (property.size() > events::Undeclared::kNameBytes) return true;  // cut, so it cannot be looked for
      json::append_text(text, property);
      names_[std::string(row.text(0))].emplace(std::move(property), text + ":");
      return true;
    }));
    return session.each("import.identifiers_of_run", {{"run", run_}}, [&](const db::Row& row) {
      identifiers_.insert(joined(row.text(0), row.text(1)));
      return true;
    });
  }));
  seen_ = TRY(context_.log.sweep(Seq{0}, [&](const events::LogRow& row) {
    keep(row.customer, row.identifiers);
    if (!names_.empty()) keep_names(context_.log.kind_name(row.kind), row.properties);
    return !is_empty();
  }));
  return {};
}

/// Events that came since the sweep, when a server takes some in meanwhile.
Result<void> Leftovers::keep_newer(db::Transaction& tx) {
  return tx.each("import.named_after", {{"after", seen_}}, [&](const db::Row& row) {
    keep(row.id<CustomerId>(1), row.text(2));
    keep_names(row.text(3), row.text(4));
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
  return remove_names();
}

Result<void> Leftovers::remove_names() {
  std::vector<events::UndeclaredProperty> gone;
  TRY(context_.store.write_now(db::Lane::import, [&](db::Transaction& tx) -> Result<void> {
    TRY(keep_newer(tx));
    gone.clear();
    TRY(tx.run("import.clear_example", {{"run", run_}}));
    for (const auto& [kind, properties] : names_)
      for (const auto& [property, text] : properties) {
        TRY(tx.run("import.remove_undeclared", {{"kind", kind}, {"property", property}}));
        gone.push_back({kind, property, {}, {}, {}, {}, run_});
      }
    return {};
  }));
  context_.undeclared.forget(gone);
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
  TRY(context.store.write_now(db::Lane::import,
                              [&](db::Transaction& tx) { return people::remove_merges_of_run(tx, run); }));
  Leftovers leftovers(context, run);
  TRY(leftovers.find());
  TRY(leftovers.remove(summary));
  TRY(context.store.write_now(db::Lane::import, [&](db::Transaction& tx) { return context.identities.load(tx); }));
  TRY(context.world.files.remove(Rejects::path_of(directory, run)));
  TRY(context.store.write_now(db::Lane::import, [&](db::Transaction& tx) -> Result<void> {
    // By the names that it told of nobody is to be found.
    TRY(tx.run("import.restart_customer_index"));
    return set_state(tx, run, RunState::undone);
  }));
  return summary;
}

}  // namespace cairn::import
