#include "query/catalogue.h"

#include "base/check.h"

namespace cairn::query {

const Property* Kind::find(std::string_view property) const {
  for (const Property& p : properties)
    if (p.name == property) return &p;
  return nullptr;
}

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

}  // namespace cairn::query
