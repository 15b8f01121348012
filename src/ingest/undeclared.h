// Names that nobody declared: kinds of event and properties that the catalogue does not know, with the first value that
// came. Accepted all the same; listed so that a misspelt name is found on the first day.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/world.h"
#include "db/store.h"
#include "ingest/model.h"
#include "json/value.h"

namespace cairn::ingest {

/// A property as it was first seen; an empty `property` stands for the kind itself.
struct UndeclaredProperty {
  std::string kind;
  std::string property;
  std::string type;     ///< Of the JSON: text, number, boolean, list, object, null.
  std::string example;  ///< At most kExampleBytes. Personal.
  SourceId source;
  Time first_at;
};

class Undeclared {
 public:
  static constexpr size_t kNamesMax = 10'000;  ///< More than that are not kept: a sender that makes names up.
  static constexpr size_t kExampleBytes = 80;

  static Result<std::unique_ptr<Undeclared>> open(World& world, db::Store& store);
  ~Undeclared();

  /// False when the name is kept already, or there is no room for more: then there is nothing to note. Any thread.
  bool is_new(std::string_view kind, std::string_view property) const;
  /// Remembers a name; call it once per name (it is harmless more often). Any thread, never blocks: it is stored
  /// behind. `property` empty: the kind itself. `example`: JSON text, text values without quotes.
  void note(std::string_view kind, std::string_view property, std::string_view type, std::string_view example,
            SourceId source);

  struct Listed {
    std::vector<UndeclaredProperty> names;  ///< Newest first.
    bool is_full = false;                   ///< kNamesMax was reached.
  };
  Result<Listed> list() const;
  /// Returns when what was noted is stored. Not on the writer's thread.
  Result<void> flush();

 private:
  struct State;
  explicit Undeclared(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

/// What a JSON value is called here: text, number, boolean, list, object, null.
std::string_view type_word(const json::Value& value);

}  // namespace cairn::ingest
