// Everything known about one customer, in one fast read; what people write about them; finding them. Safe from any
// thread but the writer's.
//
// Invariants:
// 1. A profile is of one version of the timelines, and says which; the store's rows are of one read.
// 2. Nothing is scanned: one place of the timelines, and rows of the store by their keys.
// 3. Rows are bound to the id that a customer had when they were written, and read for all ids of a person.
#pragma once
#include <memory>
#include <mutex>

#include "accounts/audit.h"
#include "i18n/language.h"
#include "people/identities.h"
#include "profile/fifths.h"
#include "profile/index.h"
#include "profile/page.h"
#include "segments/service.h"

namespace cairn::profile {

class Service {
 public:
  struct Parts {
    World& world;
    db::Store& store;
    events::Log& log;
    history::History& history;
    segments::Service& segments;
    const events::Aliases& aliases;
  };
  /// What is given must outlive it.
  explicit Service(const Parts& parts);
  ~Service();

  /// Keeps the index, in the background: for a server, after History::start.
  void start();
  /// The index has all that the timelines show, and there are fifths of buyers. For commands, and for tests.
  Result<void> catch_up();
  /// Fifths of now, instead of those of earlier today.
  Result<void> refresh_fifths() { return fifths_.refresh(); }

  /// Errors: not_found; unavailable while the timelines are being built. `customer`: any id that they ever had.
  Result<Profile> profile(CustomerId customer, i18n::Language language);
  /// With all values that each ever had.
  Result<std::vector<Attribute>> attributes(CustomerId customer);

  struct PageAsked {
    std::vector<std::string> kinds;  ///< `Order Completed` or `order_completed`.
    std::string since, until;        ///< Times, in the brand's zone unless they say another.
    std::string channel;
    std::string text;  ///< What kind or properties hold, whatever the case and accents.
    std::string cursor;
    size_t limit = 50;
  };
  /// Errors as profile; invalid with the field.
  Result<TimelinePage> timeline(CustomerId customer, const PageAsked& asked);

  /// Error invalid (text), not_found.
  Result<Note> add_note(const accounts::Actor& by, CustomerId customer, std::string_view text);
  Result<void> remove_note(const accounts::Actor& by, CustomerId customer, int64_t note);
  /// Lower case, one blank between words, 1 to 40 characters. Gives it as it is kept.
  Result<std::string> add_tag(const accounts::Actor& by, CustomerId customer, std::string_view tag);
  Result<void> remove_tag(const accounts::Actor& by, CustomerId customer, std::string_view tag);
  Result<std::vector<TagCount>> tags();

  /// These customers stay, and their rows have lost these identifiers of somebody who is erased: the index loses them,
  /// too. Errors as Index::settle.
  Result<void> take_out(std::span<const CustomerId> customers, std::span<const events::Identifier> identifiers);

  Result<Found> find(std::string_view text, size_t most);
  /// Error not_found.
  Result<CustomerId> by(const std::string& kind, const std::string& value);

 private:
  struct At;
  Result<std::shared_ptr<const timeline::Version>> version() const;
  Result<At> at(CustomerId customer) const;
  Result<std::shared_ptr<const Ready>> ready(const timeline::Version& version);
  Look look_at(const At& at) const;
  Result<void> read_rows(const At& at, Seq verbatim, Profile& out) const;
  Result<void> read_identifiers(db::Session& session, Profile& out) const;
  Result<void> read_merges(db::Session& session, Profile& out) const;
  Result<void> check(CustomerId customer) const;
  /// Damage in a snapshot is told, and answered as a state that passes.
  tl::unexpected<Error> mended(Error error) const;
  Result<Filter> filter_of(const PageAsked& asked, const timeline::Schema& schema) const;
  Result<void> read_moments(std::span<const Place> places, const timeline::Schema& schema,
                            std::vector<Moment>& out) const;

  World& world_;
  db::Store& store_;
  events::Log& log_;
  history::History& history_;
  segments::Service& segments_;
  const events::Aliases& aliases_;
  std::mutex mutex_;
  std::shared_ptr<const Ready> ready_;  // guarded by mutex_
  BuyerFifths fifths_;
  Index index_;
};

/// As tags are kept: lower case, blanks as one. Error invalid (tag).
Result<std::string> normal_tag(std::string_view text);

}  // namespace cairn::profile
