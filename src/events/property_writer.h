// The properties of an event as JSON text, member by member, each under the name and in the form that its kind
// declares.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "json/value.h"
#include "query/catalogue.h"

namespace cairn::events {

/// Remembers how each property of each kind is written, so that most members cost one lookup. One thread's.
class PropertyWriter {
 public:
  /// Told of each property that is written and that no declaration names, and of each kind that nobody declares, with
  /// an empty property. Returns whether it is known: then it is not told again, while the writer remembers.
  using OnUndeclared = std::function<bool(std::string_view kind, std::string_view property, const json::Value& value)>;

  PropertyWriter();
  ~PropertyWriter();
  PropertyWriter(PropertyWriter&&) noexcept;
  PropertyWriter& operator=(PropertyWriter&&) noexcept;
  void on_undeclared(OnUndeclared told) { undeclared_ = std::move(told); }
  /// What was known is told again. Not between begin() and end().
  void forget();

  /// Starts the object of an event in `out`, which is emptied.
  void begin(std::string_view kind, std::string& out);
  /// Leaves out null, empty text, and a name that was written already. Ids that came as numbers become text. `renames`:
  /// an undeclared `firstName` is written as `first_name` (traits); a declared one always is.
  void add(std::string_view name, const json::Value& value, bool renames = false);
  /// The same for text that is no JSON value.
  void add_text(std::string_view name, std::string_view text);
  void end();

 private:
  struct Plan;
  struct KindPlans;
  KindPlans& plans_of(std::string_view kind);
  Plan& plan_of(std::string_view name, bool renames);

  std::unordered_map<std::string, std::unique_ptr<KindPlans>> kinds_;
  KindPlans* kind_ = nullptr;
  std::string* out_ = nullptr;
  uint32_t event_ = 0;
  std::string scratch_;
  OnUndeclared undeclared_;
};

}  // namespace cairn::events
