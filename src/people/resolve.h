// Whose is an event, and who turns out to be one person by it. Pure: what is known comes through an interface, so that
// the same rule runs on the store, in memory over all of history ('what if'), and in a judge.
//
// The rule, in full. Identifiers that name nobody are passed over (rules.h). The others are taken strongest first; each
// is accepted when everybody whom the accepted ones name can be one person, else it gives way (is demoted) for this
// event, and the next is tried. It gives way when
//   - the person would have more values of a kind than its limit;
//   - it is a device (an anonymous id) of somebody known, and a stronger identifier is another's, or is new to a person
//     who has another value of its kind: a shared device;
//   - the source is untrusted, and it names somebody known who is not whom the stronger identifiers name: whoever types
//     an e-mail into a page does not get its owner's history;
//   - somebody took a merge of the two back;
//   - the person would have too many ids.
// Accepted ones that were nobody's join; persons that the accepted ones name are merged: into a known one before an
// anonymous one, and among these into whom the strongest identifier names.
#pragma once
#include <string>
#include <vector>

#include "events/aliases.h"
#include "people/rules.h"

namespace cairn::people {

/// One identifier that a person has.
struct Held {
  std::string kind;
  Time known_at;
};

/// What a decision asks.
class Knowledge {
 public:
  virtual ~Knowledge() = default;
  /// The id that an identifier in normal form belongs to; not set: nobody's.
  virtual Result<CustomerId> owner(const events::Identifier& identifier) = 0;
  /// What a person is known by, over all their ids. REQUIRES a root. Valid until the next call of a non-const method.
  virtual Result<const std::vector<Held>*> held(CustomerId root) = 0;
  virtual const events::Aliases& aliases() const = 0;
};

enum class Demotion { limit, shared_device, untrusted, kept_apart, too_many };
BOOST_DESCRIBE_ENUM(Demotion, limit, shared_device, untrusted, kept_apart, too_many)

struct Decision {
  struct Merging {
    CustomerId a, b;                ///< Ids as in the log that the evidence names.
    CustomerId into;                ///< The person they are since.
    events::Identifier of_a, of_b;  ///< The evidence: they came together.
  };
  struct Demoted {
    events::Identifier identifier;
    CustomerId owner;  ///< Not set: nobody's.
    Demotion reason;
  };
  /// Whose the event is: the id of the strongest accepted identifier. Not set: a new customer.
  CustomerId customer;
  std::vector<events::Identifier> joining;  ///< They are theirs from now on.
  std::vector<Merging> merges;
  std::vector<Demoted> demoted;
};

/// `usable`: Rulebook::usable of the event's identifiers. REQUIRES one at least.
Result<Decision> decide(const Rulebook& rules, Knowledge& knowledge, const std::vector<events::Identifier>& usable,
                        Time known_at, bool is_trusted);

}  // namespace cairn::people
