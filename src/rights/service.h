// Requests of people, carried out one after the other beside everything else, and the daily job.
#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "rights/eraser.h"
#include "rights/retention.h"
#include "rights/shop_request.h"

namespace cairn::rights {

/// Safe from any thread, but not from the writer's own.
class Service {
 public:
  /// Everything in `parts` must outlive it.
  explicit Service(const Parts& parts);
  /// Waits for the step that runs; the rest is taken up at the next start.
  ~Service();

  /// For a server: takes up what a crash cut off, and does the daily job from now on.
  void start();

  Result<Preview> preview(CustomerId customer) const { return eraser_.preview(customer); }
  /// Hides the person and returns; the rest is done on the queue (see start), or by finish_now.
  /// Errors: not_found; conflict when the origin's key was there before.
  Result<Request> erase(const Eraser::Asked& asked);
  /// Carries out all that has begun and waits for its end: for commands. Error: of the first that could not be.
  Result<void> finish_now();

  /// A request that a shop made for one of its customers, or for itself. The same key is the same request.
  Result<Request> take(const ShopRequest& request, std::string_view origin);
  /// A person has the export that they, or their shop, asked for, by whichever of their ids.
  Result<void> note_exported(const accounts::Actor& actor, CustomerId customer);
  /// Closes one that waits for a person: `erase_shop`, after they have decided.
  Result<Request> close(const accounts::Actor& actor, RequestId id);

  Result<Request> find(RequestId id) const;
  /// Newest first, with a lower id.
  Result<std::vector<Request>> list(RequestId before, int limit) const;

  Result<Settings> settings() const;
  Result<std::vector<Rule>> rules() const;
  /// Errors: invalid.
  Result<void> set(const accounts::Actor& actor, const std::vector<Rule>& rules, const Settings& settings);
  Result<std::vector<Retention::Due>> preview_rules(std::span<const Rule> rules) const {
    return retention_.preview(rules);
  }
  Result<std::vector<RetentionRun>> runs(int limit) const;
  /// What the daily job does, now. Returns how many rows were removed.
  Result<int64_t> run_retention() { return retention_.run(); }

  Result<std::vector<Backup>> backups() const;
  /// A copy of the store was made; `name` is without its folder.
  Result<void> note_backup(std::string_view name);

  struct Webhook {
    std::string source;
    Time changed_at;
  };
  Result<std::vector<Webhook>> webhooks() const;
  /// Errors: invalid for an empty source or a secret of less than 8 bytes.
  Result<void> set_webhook(const accounts::Actor& actor, const std::string& source, const std::string& secret);
  Result<void> remove_webhook(const accounts::Actor& actor, const std::string& source);
  /// Nothing when nobody set one.
  Result<std::optional<std::string>> secret_of(std::string_view source) const;

  Parts& parts() { return parts_; }

 private:
  void post();
  void turn();
  Result<void> work();
  Result<void> work_daily();

  Parts parts_;
  Eraser eraser_;
  Retention retention_;
  std::mutex working_;  ///< One carries out at a time: the queue, or a command.
  std::atomic<bool> is_stopping_{false};
  Time last_daily_;
  std::mutex mutex_;
  bool is_posted_ = false;        // guarded by mutex_
  std::unique_ptr<Queue> queue_;  // made by start(), guarded by mutex_; last: its tasks use all of the above
};

}  // namespace cairn::rights
