// Everybody, in memory: the rules of identity played over events without a store, for 'what if' and for judges.
#pragma once
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "people/resolve.h"

namespace cairn::people {

class Town final : public Knowledge {
 public:
  explicit Town(std::shared_ptr<const Rulebook> rules) : rules_(std::move(rules)) {}

  /// What the rules say of an event. REQUIRES usable identifiers, one at least.
  Result<Decision> decide(const std::vector<events::Identifier>& usable, Time known_at, bool is_trusted);
  /// Carries it out but for its merges: what joins is theirs. `whose`: the decision's customer, or a new one.
  void join(const Decision& decision, CustomerId whose, Time known_at);
  /// All of it, new customers numbered from 1, merges likewise. Nothing when no identifier is usable.
  Result<CustomerId> arrive(const std::vector<events::Identifier>& identifiers, Time known_at, bool is_trusted);

  const Rulebook& rules() const { return *rules_; }
  events::Aliases& ties() { return aliases_; }
  /// Identifiers in normal form, `kind=value`, and whose they are: ids as they came, before aliases.
  const std::unordered_map<std::string, CustomerId>& owners() const { return owners_; }

  Result<CustomerId> owner(const events::Identifier& identifier) override;
  Result<const std::vector<Held>*> held(CustomerId root) override;
  const events::Aliases& aliases() const override { return aliases_; }

 private:
  std::shared_ptr<const Rulebook> rules_;
  events::Aliases aliases_;
  std::unordered_map<std::string, CustomerId> owners_;
  std::unordered_map<CustomerId, std::vector<Held>> held_;
  std::vector<Held> scratch_;
  int64_t made_ = 0, merges_ = 0;
};

/// `kind=value`: no kind holds '='.
std::string name_of(const events::Identifier& identifier);

}  // namespace cairn::people
