// Names that nobody declared: kinds of event and properties that the catalogue does not know, with the first value that
// came, live or by an import. Accepted all the same; listed so that a misspelt name is found on the first day, and so
// that queries can name them (history/names.h).
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/world.h"
#include "db/store.h"
#include "events/model.h"
#include "json/value.h"

namespace cairn::events {

/// A property as it was first seen; an empty `property` stands for the kind itself.
struct UndeclaredProperty {
  std::string kind;
  std::string property;
  std::string type;     ///< Of the JSON: text, number, boolean, list, object, null.
  std::string example;  ///< At most kExampleBytes. Personal.
  SourceId source;
  Time first_at;
  RunId run = {};  ///< The import that brought it; not set: it came live.
};

/// A name that an event on its way has and that is not known yet. It becomes known with the event, or not at all.
struct NewName {
  uint32_t event = 0;     ///< Its place among those that are appended together.
  std::string property;   ///< Empty: the kind itself.
  std::string_view type;  ///< See type_word.
  std::string example;

  /// Of memory, about.
  size_t bytes() const { return sizeof(*this) + property.size() + example.size(); }
};

/// Invariant: a name is stored by the transaction that appends the first event kept with it. So an example is always of
/// a row that is there, for who erases the row to find, and no crash loses a name.
class Undeclared {
 public:
  static constexpr size_t kNamesMax = 10'000;  ///< More than that are not kept: a sender that makes names up.
  static constexpr size_t kNameBytes = 200;    ///< What is longer is cut.
  static constexpr size_t kExampleBytes = 80;

  static Result<std::unique_ptr<Undeclared>> open(World& world, db::Store& store);
  ~Undeclared();

  /// Whose event it is.
  struct From {
    SourceId source;
    RunId run = {};
  };
  /// Nothing is to be noted of it: it is stored, or there are too many. Any thread.
  bool knows(std::string_view kind, std::string_view property) const;
  /// `property` empty: the kind itself; then the value says nothing.
  static NewName name_of(std::string_view property, const json::Value& value);
  /// Within the transaction that appended `events`: stores those of the names that nothing knows yet and whose event
  /// was kept. REQUIRES: an outcome for each event.
  Result<void> note(db::Transaction& tx, std::span<const NewName> names, std::span<const NewEvent> events,
                    std::span<const Outcome> outcomes, From from);

  struct Listed {
    std::vector<UndeclaredProperty> names;  ///< Newest first.
    bool is_full = false;                   ///< kNamesMax was reached.
  };
  Result<Listed> list() const;

  /// A name and an example as they are stored.
  static std::string stored_name(std::string_view name);
  static std::string example_of(const json::Value& value);

  /// Names went: after the commit of who removed rows of the table. They are noted again when they come again.
  void forget(const std::vector<UndeclaredProperty>& names);
  /// Another after each forget(): who remembers that it noted something forgets that, too. Any thread.
  uint64_t generation() const;

 private:
  struct State;
  explicit Undeclared(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

/// What a JSON value is called here: text, number, boolean, list, object, null.
std::string_view type_word(const json::Value& value);

}  // namespace cairn::events
