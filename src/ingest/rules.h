// Rules that set apart what is no customer's doing: bots, the brand's own people, trials of the shop. They are data,
// stated and editable (settings, `ingest.rules`); what they match stays in the log with a flag, and no measure counts
// it.
//
// What a rule looks at (`field`):
//   user_agent, ip      of the request. Of browser sources alone: a server's program is always a program.
//   email               an identifier of kind email, the trait or the property `email`
//   identifier          any identifier's value
//   kind                `Order Completed`
//   property:NAME       a property, else a trait, of that name, at the top
// Text is compared without regard to ASCII case. `in_network` takes addresses and CIDR networks of both families (an
// IPv4 address mapped into IPv6 is the IPv4 one); `is_true` holds for true, 1, "true", "yes" and "1".
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/audit.h"
#include "base/world.h"
#include "db/store.h"
#include "events/model.h"
#include "ingest/model.h"
#include "json/value.h"

namespace cairn::ingest {

/// What a rule takes an event for: events::kBot, kStaff, kTest.
enum class Apart { bot, staff, test };
BOOST_DESCRIBE_ENUM(Apart, bot, staff, test)

enum class RuleOp { contains, equals, starts_with, ends_with, in_network, is_true };
BOOST_DESCRIBE_ENUM(RuleOp, contains, equals, starts_with, ends_with, in_network, is_true)

/// One rule: it holds when any of `values` does. A rule without values holds for nothing, but for `is_true`.
struct Rule {
  std::string name;
  Apart sets_apart = Apart::bot;
  std::string field;
  RuleOp op = RuleOp::contains;
  std::vector<std::string> values;
  bool is_enabled = true;
  bool operator==(const Rule&) const = default;
};
BOOST_DESCRIBE_STRUCT(Rule, (), (name, sets_apart, field, op, values, is_enabled))

/// What the rules are until somebody changes them.
const std::vector<Rule>& default_rules();

/// The words of events::kSetApart in `flags`: `bot`, `staff`, `test`.
std::vector<std::string_view> set_apart_names(uint32_t flags);

/// One event, as far as the rules look at it. `properties` and `traits` may be null.
struct Facts {
  std::string_view kind;
  const std::vector<events::Identifier>& identifiers;
  const json::Object* properties = nullptr;
  const json::Object* traits = nullptr;
  uint32_t request_flags = 0;  ///< Of of_request: what the request already says of all its events.
};

/// The rules made ready; immutable, shared by all threads.
class RuleSet {
 public:
  /// Errors: invalid; `field` names the rule and its member (`rules[3].values[0]`), the message its name.
  static Result<std::shared_ptr<const RuleSet>> make(std::vector<Rule> rules);
  virtual ~RuleSet() = default;

  virtual const std::vector<Rule>& rules() const = 0;
  /// Bits of events::kSetApart. REQUIRES: user_agent and ip as the request had them, either may be empty.
  virtual uint32_t of_request(std::string_view user_agent, std::string_view ip) const = 0;
  /// facts.request_flags and what the rules say of this event. No allocation; 100–200 ns with the default rules.
  virtual uint32_t flags_of(const Facts& facts) const = 0;

  /// For people: which rules hold, in their order, and the value that did.
  struct Match {
    std::string rule;
    Apart sets_apart = Apart::bot;
    std::string field;
    std::string value;  ///< Of the rule; empty for `is_true`.
  };
  virtual std::vector<Match> explain(std::string_view user_agent, std::string_view ip, const Facts& facts) const = 0;
};

/// What is known of all events of one request; also holds the rules as they stood, so that one request is judged by
/// one set of rules.
struct Verdict {
  uint32_t flags = 0;
  std::shared_ptr<const RuleSet> rules;

  uint32_t flags_of(std::string_view kind, const std::vector<events::Identifier>& identifiers,
                    const json::Object* properties, const json::Object* traits) const {
    return rules->flags_of({kind, identifiers, properties, traits, flags});
  }
};

class Rules {
 public:
  /// The stored rules, or the default ones.
  static Result<std::unique_ptr<Rules>> open(World& world, db::Store& store);

  /// Once a request. Any thread; a lock of nanoseconds.
  Verdict of_request(SourceForm form, std::string_view user_agent, std::string_view ip) const;
  /// Any thread. Within a request Verdict::flags_of is cheaper.
  uint32_t flags_of(const Facts& facts) const { return current()->flags_of(facts); }

  std::shared_ptr<const RuleSet> current() const;

  struct Listed {
    std::vector<Rule> rules;
    int64_t version = 0;  ///< 0: the default rules, never changed.
  };
  Listed list() const;
  /// Replaces them all, from the next request on. Errors: invalid as RuleSet::make says; conflict when they were
  /// changed since `expected_version` was read. Not on the writer's thread.
  Result<Listed> save(const accounts::Actor& actor, std::vector<Rule> rules, int64_t expected_version);

 private:
  Rules(World& world, db::Store& store) : world_(world), store_(store) {}

  World& world_;
  db::Store& store_;
  mutable std::mutex mutex_;
  std::shared_ptr<const RuleSet> set_;  ///< Guarded by mutex_.
  int64_t version_ = 0;                 ///< Guarded by mutex_.
};

}  // namespace cairn::ingest
