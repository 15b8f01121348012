#include "segments/model.h"

#include <set>

namespace cairn::segments {
namespace {

void gather(const Set& set, const std::string& name, std::set<std::string>& out) {
  auto checked = set.checked.find(name);
  if (checked == set.checked.end()) return;
  for (const std::string& other : checked->second.dependencies.segments)
    if (out.insert(other).second) gather(set, other, out);
}

}  // namespace

std::string Set::meaning(const Definition& definition) const {
  std::set<std::string> names;
  gather(*this, definition.name, names);
  std::string out = definition.query;
  for (const auto& [id, other] : definitions)
    if (names.contains(other.name)) out += fmt::format("\n{}: {}", other.name, other.query);
  return out;
}

std::vector<std::string> Set::dependents(const std::string& name) const {
  std::vector<std::string> out;
  for (const auto& [other, _] : checked) {
    std::set<std::string> names;
    gather(*this, other, names);
    if (names.contains(name)) out.push_back(other);
  }
  return out;
}

}  // namespace cairn::segments
