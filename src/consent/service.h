// Consents and what customers say of themselves: asked, written, told to the log.
//
// Invariants:
// 1. A statement is written once, with its event, in one transaction. Saying the same again (the same purpose, state,
//    moment and text) writes nothing.
// 2. A row belongs to the id that it was said of; a merge changes no row. What counts for a person is read over all
//    ids that are theirs, so that un-merging returns everything.
// 3. may() is true only for a consent that counts now. Whoever cannot read it may not.
#pragma once
#include <memory>
#include <mutex>

#include "accounts/audit.h"
#include "base/world.h"
#include "consent/link.h"
#include "consent/rules.h"
#include "db/store.h"
#include "events/aliases.h"
#include "events/log.h"

namespace cairn::consent {

/// Any thread, but not the writer's own.
class Service {
 public:
  /// All of it must outlive the service.
  Service(World& world, db::Store& store, events::Log& log, const events::Aliases& aliases);
  /// Makes the key and the first texts, where there are none. REQUIRES: once, before anything is written.
  Result<void> start();
  bool is_started() const { return source_.is_set(); }

  /// Whether the person whom this id belongs to allows it now. Error when the store cannot be read.
  Result<bool> may(CustomerId customer, Purpose purpose) const;
  /// The same within a transaction or a read of one's own.
  Result<bool> may(db::Session& session, CustomerId customer, Purpose purpose) const;

  struct Consents {
    CustomerId customer;  ///< The person's id now.
    Standing standing;
    std::vector<Statement> history;  ///< What was said later first, at one moment what counts first.
  };
  /// Error not_found.
  Result<Consents> consents(CustomerId customer) const;

  struct Said {
    Purpose purpose = Purpose::analytics;
    State state = State::granted;  ///< Not unknown.
    std::optional<Time> occurred_at = {};
    std::string source = {};
    std::optional<int64_t> text_version = {};
    std::string language = {};
    std::string note = {};
  };
  struct Kept {
    std::vector<Statement> statements;
    std::vector<Declaration> declarations;
    Time known_at;
  };
  /// What is known already is not in the answer. Errors: not_found; invalid with the field for a moment that has not
  /// come, an unknown text, a long source or note.
  Result<Kept> say(const accounts::Actor& by, How how, CustomerId customer, std::vector<Said> said);

  struct Declared {
    CustomerId customer;
    std::map<Attribute, Declaration> now;
    std::vector<Declaration> history;  ///< Latest first.
  };
  Result<Declared> declared(CustomerId customer) const;
  using Choices = std::map<Attribute, std::vector<std::string>>;
  /// What is so already is not written again. Errors: not_found; invalid with the field.
  Result<Kept> declare(const accounts::Actor& by, How how, CustomerId customer, const Choices& choices,
                       std::optional<Time> occurred_at, const std::string& source);

  std::vector<Text> texts() const;
  /// A new version. Errors: invalid with the field.
  Result<Text> add_text(const accounts::Actor& by, Purpose purpose, std::map<std::string, std::string> texts,
                        std::optional<Time> valid_from);
  Result<Settings> settings() const;
  Result<void> set_settings(const accounts::Actor& by, const Settings& settings);

  /// Error not_found when there is no such customer; invalid (expires_in_days).
  Result<std::string> make_link(CustomerId customer, std::optional<Time> expires_at) const;
  /// Ends every link that was made until now to the page of the person whom this id belongs to. Returns that moment.
  /// Error not_found.
  Result<Time> revoke_links(const accounts::Actor& by, CustomerId customer);
  /// Error not_found: not ours, expired, revoked, or the customer is gone.
  Result<Link> read_link(std::string_view token) const;

  /// What the page says was chosen, in one transaction. No user's act, so the audit does not tell of it.
  Result<Kept> save_page(CustomerId customer, std::vector<Said> said, const Choices& choices);

  World& world() const { return world_; }
  db::Store& store() const { return store_; }

 private:
  struct Write;
  Result<void> check_said(const Said& said, Time now) const;
  Result<Kept> write(const Write& what);
  Result<void> write_within(db::Transaction& tx, const Write& what, Kept& kept);
  Result<std::vector<events::Outcome>> append(db::Transaction& tx, How how, std::span<const events::NewEvent> events);
  Result<crypto::Key> key() const;
  Result<void> add_first_texts();
  void keep_texts(std::vector<Text> texts);

  World& world_;
  db::Store& store_;
  events::Log& log_;
  const events::Aliases& aliases_;
  SourceId source_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::vector<Text> texts_;
  mutable std::optional<crypto::Key> key_;
};

}  // namespace cairn::consent
