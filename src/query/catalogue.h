// The catalogue: which kinds of event there are, their properties with type and unit, which of them are personal.
// Pure: filled by events/kinds.cpp with what is declared, and at run time with what turned up undeclared.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/describe.h"

namespace cairn::query {

/// How a property's JSON is read. `money` is a decimal number (or decimal text) in major units; its currency stands in
/// the event's property `currency`, else it is the brand's. `time` is RFC 3339 text. `list` and `object` are kept as
/// they are.
enum class PropertyType { text, integer, number, money, boolean, time, list, object };
BOOST_DESCRIBE_ENUM(PropertyType, text, integer, number, money, boolean, time, list, object)

/// Where in a customer's life a kind belongs.
enum class Stage { awareness, consideration, purchase, service, loyalty };
BOOST_DESCRIBE_ENUM(Stage, awareness, consideration, purchase, service, loyalty)

struct Property {
  std::string name;
  PropertyType type = PropertyType::text;
  /// True when it can tell who the person is, or holds their own words: erased with them. An undeclared property
  /// counts as personal.
  bool personal = true;
};

struct Kind {
  std::string name;    ///< `Order Completed`
  std::string stream;  ///< `order_completed`
  Stage stage = Stage::awareness;
  /// The entity this event tells of (`orders`), empty when it tells of nothing that lives on, and the property that
  /// says which one (`order_id`): copies of the same fact from several sources share it.
  std::string entity;
  std::string business_key;
  bool declared = false;
  std::vector<Property> properties;

  const Property* find(std::string_view property) const;
};

/// Not safe to change while another thread reads.
class Catalogue {
 public:
  /// REQUIRES: no kind of that name yet.
  void add(Kind kind);
  const Kind* find(std::string_view name) const;
  /// By `order_completed`.
  const Kind* find_stream(std::string_view stream) const;
  const std::vector<Kind>& kinds() const { return kinds_; }

 private:
  std::vector<Kind> kinds_;
  std::map<std::string, size_t, std::less<>> by_name_;
  std::map<std::string, size_t, std::less<>> by_stream_;
};

}  // namespace cairn::query
