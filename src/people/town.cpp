#include "people/town.h"

namespace cairn::people {

std::string name_of(const events::Identifier& identifier) { return identifier.kind + "=" + identifier.value; }

Result<Decision> Town::decide(const std::vector<events::Identifier>& usable, Time known_at, bool is_trusted) {
  return people::decide(*rules_, *this, usable, known_at, is_trusted);
}

void Town::join(const Decision& decision, CustomerId whose, Time known_at) {
  for (const events::Identifier& id : decision.joining) {
    owners_[name_of(id)] = whose;
    held_[whose].push_back({id.kind, known_at});
  }
}

Result<CustomerId> Town::arrive(const std::vector<events::Identifier>& identifiers, Time known_at, bool is_trusted) {
  auto usable = rules_->usable(identifiers);
  if (usable.empty()) return CustomerId{};
  Decision decision = TRY(decide(usable, known_at, is_trusted));
  CustomerId whose = decision.customer.is_set() ? decision.customer : CustomerId{++made_};
  join(decision, whose, known_at);
  for (const Decision::Merging& m : decision.merges) aliases_.add({events::MergeId{++merges_}, m.a, m.b, m.into});
  return whose;
}

Result<CustomerId> Town::owner(const events::Identifier& identifier) {
  auto it = owners_.find(name_of(identifier));
  return it == owners_.end() ? CustomerId{} : it->second;
}

Result<const std::vector<Held>*> Town::held(CustomerId root) {
  scratch_.clear();
  for (CustomerId id : aliases_.members(root))
    if (auto it = held_.find(id); it != held_.end())
      scratch_.insert(scratch_.end(), it->second.begin(), it->second.end());
  return &scratch_;
}

}  // namespace cairn::people
