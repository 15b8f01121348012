// Live ingestion as one thing: what it consists of, opened and closed in the order that they depend on each other.
#pragma once
#include <memory>

#include "base/world.h"
#include "db/store.h"
#include "events/log.h"
#include "events/undeclared.h"
#include "ingest/intake.h"
#include "ingest/live.h"
#include "ingest/reading.h"
#include "ingest/refused.h"
#include "ingest/rules.h"
#include "ingest/sources.h"

namespace cairn::ingest {

class Service {
 public:
  /// All of it must outlive the service.
  static Result<std::unique_ptr<Service>> open(World& world, db::Store& store, events::Log& log,
                                               events::Identify& identify, size_t intake_bytes = Intake::kBytesMax);
  /// Waits for what was taken.
  ~Service();

  Sources& sources() { return *sources_; }
  Rules& rules() { return *rules_; }
  events::Undeclared& undeclared() { return *undeclared_; }
  Live& live() { return *live_; }
  Refused& refused() { return *refused_; }
  Readers& readers() { return *readers_; }
  Intake& intake() { return *intake_; }

 private:
  Service() = default;
  std::unique_ptr<Sources> sources_;
  std::unique_ptr<Rules> rules_;
  std::unique_ptr<events::Undeclared> undeclared_;
  std::unique_ptr<Live> live_;
  std::unique_ptr<Readers> readers_;
  std::unique_ptr<Refused> refused_;
  std::unique_ptr<Intake> intake_;
};

}  // namespace cairn::ingest
