// Who holds personal data besides the log: a table of them is filled in `app`, the only place that knows every module.
#pragma once
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/session.h"
#include "events/erasing.h"
#include "json/value.h"
#include "people/model.h"

namespace cairn::rights {

/// A module with rows bound to customers.
struct Holder {
  std::string_view module;
  /// Removes every row of these ids, in the transaction that hides the person. It may run again.
  std::function<Result<void>(db::Transaction&, std::span<const CustomerId>)> erase;
  /// All that the module stores of them.
  std::function<Result<json::Value>(db::Session&, std::span<const CustomerId>)> export_;
  std::span<const people::PersonalColumn> columns;
  /// What stays of them and why, for the certificate: without anything that tells who they were. May be empty.
  std::function<Result<json::Object>(db::Session&, std::span<const CustomerId>)> kept = {};
  /// Removes of what is kept all of persons of whom nothing was learnt since then. Returns how many rows.
  std::function<Result<int64_t>(db::Transaction&, Time before)> remove_kept = {};
  /// These customers stay, and their rows have lost identifiers of somebody who is erased (in the form in which they
  /// are compared): what the module made of them loses them, too. Not on the writer's thread; it may run again.
  std::function<Result<void>(std::span<const CustomerId>, std::span<const events::Identifier>)> take_out = {};
};

/// Texts that others wrote and that may tell of anybody: refused calls, rejected rows of files, what is in memory.
struct Trace {
  std::string_view name;
  /// Removes what holds a needle. Returns how much. Not on the writer's thread; it may run again.
  std::function<Result<int64_t>(const events::Needles&)> erase;
};

}  // namespace cairn::rights
