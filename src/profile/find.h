// Finding people: by what they are known by, by an order, by name. What the index says is held against the timelines.
#pragma once
#include <span>

#include "db/session.h"
#include "events/aliases.h"
#include "profile/reading.h"

namespace cairn::profile {

inline constexpr size_t kHitsMost = 20;

struct Sought {
  std::string text;
  std::string_view region;  ///< Whose telephones are written without a calling code; may be empty.
  size_t most = kHitsMost;
};

class Finder {
 public:
  Finder(db::Session& session, const timeline::Version& version, const events::Aliases& aliases, Time now)
      : session_(session), version_(version), aliases_(aliases), now_(now) {}

  /// The surest first: an identifier, a telephone or an order as it is, then e-mails and names that begin so, then,
  /// when that is nobody, names a letter away. Error invalid, field q.
  Result<std::vector<Hit>> find(const Sought& sought);
  /// Whom an identifier names, or an order (`order`), or an id (`id`). Not set: nobody.
  Result<CustomerId> by(const std::string& kind, const std::string& value, std::string_view region);

 private:
  using Place = std::optional<timeline::Place>;
  Result<void> add_known(const Sought& sought);
  Result<void> add_orders(const std::string& text);
  Result<void> add_phones(const Sought& sought);
  Result<void> add_emails(const std::string& text, size_t most);
  Result<void> add_names(const std::string& text, size_t most);
  Result<void> add_guesses(const std::string& folded, size_t most);
  void add(CustomerId customer, Match match, bool is_guess = false);
  Place place_of(CustomerId root) const;
  Look look_at(const timeline::Place& place) const;
  Result<CustomerId> by_order(const std::string& order_id);

  db::Session& session_;
  const timeline::Version& version_;
  const events::Aliases& aliases_;
  Time now_;
  std::vector<Hit> hits_;
};

}  // namespace cairn::profile
