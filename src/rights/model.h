// What people ask about their data, and what became of it.
#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "json/describe.h"
#include "people/model.h"

namespace cairn::rights {

using RequestId = Id<struct RequestTag>;

/// `erase_shop`: the shop is gone and wants all of its data erased; a person decides on that.
enum class Act { erase, export_, erase_shop };
inline std::string_view name_of(Act act) {
  return act == Act::erase ? "erase" : act == Act::export_ ? "export" : "erase_shop";
}
Result<Act> act_named(std::string_view name);

/// `waiting` for a person; `begun`: hidden from everybody, rows are being rewritten; `cleaning`: nothing of them is
/// stored any more, the files are being wiped; `done`.
enum class State { waiting, begun, cleaning, done };
BOOST_DESCRIBE_ENUM(State, waiting, begun, cleaning, done)

struct Request {
  RequestId id;
  Act act = Act::erase;
  State state = State::begun;
  CustomerId customer;          ///< Not set: nobody was found.
  std::vector<CustomerId> ids;  ///< All that were theirs, ascending.
  CustomerId fresh;             ///< Not set once it is done.
  std::string origin;           ///< `api`, `cli`, `shopify:<source>`
  std::string actor;
  Time asked_at;
  std::optional<Time> hidden_at, done_at;
  /// What was erased: rows by table, `events: <kind>` rewritten, `wiped_bytes`, …
  std::map<std::string, int64_t> counts;
  std::string finding;  ///< Why it is not done yet.
};

/// Events of a kind are removed so many days after they happened.
struct Rule {
  std::string kind;
  int64_t days = 0;
};
BOOST_DESCRIBE_STRUCT(Rule, (), (kind, days))

/// What the brand has said for certificates.
struct Settings {
  /// What the law keeps elsewhere, in the brand's words: `Invoices: 10 years in the shop's accounts`.
  std::vector<std::string> duties;
  /// After how many days copies of the store are removed by who keeps them; absent: nobody has said.
  std::optional<int64_t> backup_days;
  /// What was kept of an erased person to prove something (Holder::kept) is removed so many days after the last that
  /// was learnt of it. Five years: so long claims between persons may be brought in France (Code civil, article 2224).
  int64_t proof_days = 1826;
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(Settings, (), (duties, backup_days, proof_days))

struct Backup {
  std::string name;
  Time at;
  std::optional<Time> expires_at;
};
BOOST_DESCRIBE_STRUCT(Backup, (), (name, at, expires_at))

struct RetentionRun {
  int64_t id = 0;
  std::string kind;
  Time before;
  bool is_done = false;
  Time begun_at;
  std::optional<Time> done_at;
  int64_t removed = 0;
};
BOOST_DESCRIBE_STRUCT(RetentionRun, (), (id, kind, before, is_done, begun_at, done_at, removed))

inline constexpr std::array kPersonalColumns = {
    people::PersonalColumn{"rights_identifiers", "value", "whom to search for, until the erasure is done"},
    people::PersonalColumn{"rights_requests", "actor", "who asked, by the name of a user or key"},
};

}  // namespace cairn::rights
