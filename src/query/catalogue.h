// The catalogue: which kinds of event there are, their properties with type and unit, which of them are personal; the
// entities that events fold into and the attributes of customers (entities.h). Pure: filled by events/kinds.cpp with
// what is declared, and at run time with what turned up undeclared.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/describe.h"
#include "query/entities.h"
#include "query/property_type.h"

namespace cairn::query {

/// Where in a customer's life a kind belongs.
enum class Stage { awareness, consideration, purchase, service, loyalty };
BOOST_DESCRIBE_ENUM(Stage, awareness, consideration, purchase, service, loyalty)

struct Property {
  std::string name;
  PropertyType type = PropertyType::text;
  /// True when it can tell who the person is, or holds their own words: erased with them. An undeclared property
  /// counts as personal.
  bool personal = true;
  /// False when it only turned up in events: a query may name it, and takes each value as its JSON told it.
  bool declared = true;
  /// Of a list of objects, what they hold: `products` has `category`, so that `products.category` is a list of text.
  std::vector<Property> items = {};
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
  /// Knows the declared entities and attributes from the start.
  Catalogue();
  /// REQUIRES: no kind of that name yet.
  void add(Kind kind);
  const Kind* find(std::string_view name) const;
  /// By `order_completed`.
  const Kind* find_stream(std::string_view stream) const;
  const std::vector<Kind>& kinds() const { return kinds_; }
  /// A property that turned up, or its type when it is there. REQUIRES the kind.
  void put(std::string_view kind_name, Property property);

  /// By `orders`.
  const Entity* find_entity(std::string_view name) const;
  const std::vector<Entity>& entities() const { return declared_entities(); }

  /// REQUIRES: the scope has none of that name yet.
  void add(Attribute attribute);
  /// By `customer` and `country`.
  const Attribute* find_attribute(std::string_view scope, std::string_view name) const;
  const std::vector<Attribute>& attributes() const { return attributes_; }

 private:
  std::vector<Kind> kinds_;
  std::vector<Attribute> attributes_;
  std::map<std::string, size_t, std::less<>> by_name_;
  std::map<std::string, size_t, std::less<>> by_stream_;
};

}  // namespace cairn::query
