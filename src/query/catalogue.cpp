#include "query/catalogue.h"

#include "base/check.h"

namespace cairn::query {

const Property* Kind::find(std::string_view property) const {
  for (const Property& p : properties)
    if (p.name == property) return &p;
  return nullptr;
}

Catalogue::Catalogue() : attributes_(declared_attributes()) {}

void Catalogue::add(Kind kind) {
  CHECK(!by_name_.contains(kind.name), "kind '{}' twice", kind.name);
  by_name_.emplace(kind.name, kinds_.size());
  by_stream_.emplace(kind.stream, kinds_.size());
  kinds_.push_back(std::move(kind));
}

const Kind* Catalogue::find(std::string_view name) const {
  auto it = by_name_.find(name);
  return it == by_name_.end() ? nullptr : &kinds_[it->second];
}

const Kind* Catalogue::find_stream(std::string_view stream) const {
  auto it = by_stream_.find(stream);
  return it == by_stream_.end() ? nullptr : &kinds_[it->second];
}

void Catalogue::put(std::string_view kind_name, Property property) {
  auto it = by_name_.find(kind_name);
  CHECK(it != by_name_.end(), "no kind '{}'", kind_name);
  for (Property& known : kinds_[it->second].properties)
    if (known.name == property.name) {
      known = std::move(property);
      return;
    }
  kinds_[it->second].properties.push_back(std::move(property));
}

const Entity* Catalogue::find_entity(std::string_view name) const {
  for (const Entity& entity : entities())
    if (entity.name == name) return &entity;
  return nullptr;
}

void Catalogue::add(Attribute attribute) {
  CHECK(!find_attribute(attribute.scope, attribute.name), "attribute '{}' twice", attribute.name);
  attributes_.push_back(std::move(attribute));
}

const Attribute* Catalogue::find_attribute(std::string_view scope, std::string_view name) const {
  for (const Attribute& attribute : attributes_)
    if (attribute.scope == scope && attribute.name == name) return &attribute;
  return nullptr;
}

}  // namespace cairn::query
