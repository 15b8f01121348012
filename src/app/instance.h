// One opened Cairn: the data directory, its store, and the services that stand on them, in the order they depend
// on each other.
#pragma once
#include <memory>
#include <string>

#include "accounts/service.h"
#include "base/world.h"
#include "consent/service.h"
#include "db/store.h"
#include "events/log.h"
#include "history/history.h"
#include "ingest/service.h"
#include "people/identities.h"
#include "profile/service.h"
#include "questions/service.h"
#include "rights/service.h"
#include "segments/service.h"

namespace cairn::app {

struct InstanceOptions {
  std::string directory;
  std::string store_url;  ///< Empty: SQLite in the directory.
  bool create = true;     ///< False: an error when there is nothing yet.
  /// A simulation makes these small, to reach at once what takes a shop millions of events.
  size_t lane_limit = 4096;
  size_t checkpoint_bytes = 16 << 20;
  size_t fingerprints_in_memory = 512 * 1024;
  size_t intake_bytes = ingest::Intake::kBytesMax;
  history::Options history = {};
};

class Instance {
 public:
  /// Errors: those of db::Store::open; conflict when the directory belongs to another store than the one asked for.
  static Result<std::unique_ptr<Instance>> open(World world, const InstanceOptions& options);
  ~Instance();

  World& world() { return world_; }
  const std::string& directory() const { return directory_; }
  db::Store& store() { return *store_; }
  events::Log& log() { return *log_; }
  people::Identities& identities() { return identities_; }
  accounts::Accounts& accounts() { return *accounts_; }
  ingest::Service& ingest() { return *ingest_; }
  /// Closed until it is started (by a server) or asked to catch up (by a command).
  history::History& history() { return *history_; }
  questions::Service& questions() { return *questions_; }
  /// Membership is kept once it is started (by a server).
  segments::Service& segments() { return *segments_; }
  /// Writes once it is started (by a server).
  consent::Service& consent() { return *consent_; }
  /// Its index is kept once it is started (by a server) or asked to catch up (by a command).
  profile::Service& profile() { return *profile_; }
  /// Requests are carried out once it is started (by a server), or when a command waits for it.
  rights::Service& rights() { return *rights_; }

 private:
  Instance(World world, std::string directory);

  World world_;
  std::string directory_;
  std::unique_ptr<db::Store> store_;
  std::unique_ptr<events::Log> log_;
  people::Identities identities_;
  std::unique_ptr<accounts::Accounts> accounts_;
  std::unique_ptr<ingest::Service> ingest_;
  std::unique_ptr<history::History> history_;
  std::unique_ptr<questions::Service> questions_;
  std::unique_ptr<segments::Service> segments_;
  std::unique_ptr<consent::Service> consent_;
  std::unique_ptr<profile::Service> profile_;
  std::unique_ptr<rights::Service> rights_;
};

/// Where a server of this directory listens for this machine's operator.
std::string socket_of(const std::string& directory);

}  // namespace cairn::app
