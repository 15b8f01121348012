// The rules of identity: what each kind of identifier is worth, how many of it a person may have, which values name
// nobody. After the most complete public set of the field (Segment Unify's identity resolution settings), and two more:
// an untrusted source does not merge known people, and neither does a device.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "db/session.h"
#include "events/model.h"
#include "json/describe.h"

namespace cairn::people {

enum class Window { ever, daily, weekly, monthly, annually };
BOOST_DESCRIBE_ENUM(Window, ever, daily, weekly, monthly, annually)
/// Days of 24 hours; a month has 30, a year 365. Nothing: for ever.
std::optional<Duration> length_of(Window window);

struct KindRule {
  std::string kind;  ///< `user_id`, `email`, `external:erp`; `external:*` and `*` stand for the others.
  int limit = 5;     ///< Values that one person may get within the window; 0: any number.
  Window window = Window::ever;
};
BOOST_DESCRIBE_STRUCT(KindRule, (), (kind, limit, window))

struct Rules {
  /// Strongest first. What is not named comes after those that are, by name; `anonymous_id` is always last.
  std::vector<KindRule> kinds;
  /// Values that name nobody, as regular expressions (RE2) over the whole value, in any case of letters.
  std::vector<std::string> blocked;
  /// Ids that are one person, at most.
  int most_ids = 50;
  /// The country whose own telephone numbers are meant; empty: the brand's.
  std::string phone_region;

  static Rules standard();
};
BOOST_DESCRIBE_STRUCT(Rules, (), (kinds, blocked, most_ids, phone_region))

/// An anonymous id names a device, everything else a person.
inline constexpr std::string_view kDeviceKind = "anonymous_id";

/// Rules made ready. Any thread.
class Rulebook {
 public:
  /// Error invalid (the field): a regular expression that is none, a limit below 0, a kind twice, a country unknown.
  static Result<std::shared_ptr<const Rulebook>> make(Rules rules);
  ~Rulebook();

  const Rules& rules() const { return rules_; }
  const KindRule& rule_of(std::string_view kind) const;
  /// Whether `a` is stronger.
  bool is_stronger(std::string_view a, std::string_view b) const;
  bool is_blocked(std::string_view value) const;

  /// Those that can name somebody, in normal form, each once, strongest first. `why`: of the first that cannot.
  std::vector<events::Identifier> usable(const std::vector<events::Identifier>& identifiers,
                                         std::string* why = nullptr) const;

 private:
  struct Patterns;
  explicit Rulebook(Rules rules);
  size_t rank(std::string_view kind) const;

  Rules rules_;
  std::unique_ptr<Patterns> patterns_;
};

/// As they are set, else the standard ones. The telephone region is the brand's country unless said.
Result<Rules> read_rules(db::Session& session);
/// Error: those of Rulebook::make. They hold for what comes afterwards.
Result<void> write_rules(db::Transaction& tx, const Rules& rules);

}  // namespace cairn::people
