// One seed: a whole Cairn on a simulated machine, senders and a keeper around it, and everything that can go wrong with
// a disk and with power. Same seed, same run, to the last operation.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "app/instance.h"
#include "sim/client.h"
#include "sim/disk.h"
#include "sim/door.h"
#include "sim/files.h"
#include "sim/keeper.h"
#include "sim/machine.h"
#include "sim/model.h"
#include "sim/sqlite_vfs.h"

namespace cairn::sim {

struct Settings {
  uint64_t seed = 1;
  Planted planted = Planted::none;
  bool is_shown = false;  ///< Every step to stderr.
};

struct Report {
  std::vector<std::string> findings;  ///< Empty: everything held.
  uint64_t trace_hash = 0, steps = 0;
  uint64_t acknowledged = 0, rows = 0, turned_away = 0;  ///< Batches answered 429.
  int starts = 0, power_cuts = 0, kills = 0, troubles = 0;
  Keeper::Figures keeper;
  double seconds = 0;  ///< Simulated.
};

Report simulate(const Settings& settings);

class Simulation {
 public:
  explicit Simulation(const Settings& settings);
  ~Simulation();
  Report run();

 private:
  void add_clients();
  void chapter();
  void sync_trouble_then_power_cut();
  void plan_power_cut();
  Trouble draw_trouble();
  void live(int steps);
  void look();
  void check_all();
  void check_history();
  void check_marks();
  bool are_erasures_done();
  void recover();
  void settle();

  Result<void> open();
  void start();
  void stop();
  void drain();
  enum class End { killed, power_cut };
  void die(End end);
  End draw_end();
  bool is_over() const { return !model_.findings().empty(); }

  const Settings settings_;
  Trace trace_;
  Random random_;
  SimClock clock_;
  SimExecutor executor_;
  Disk disk_;
  SimFiles files_;
  SqliteVfs vfs_;
  SimEntropy entropy_;
  World world_;
  app::InstanceOptions options_;
  Model model_;
  Server server_;
  std::vector<std::string> sources_;
  std::unique_ptr<app::Instance> instance_;
  std::unique_ptr<Door> door_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::unique_ptr<Keeper> keeper_;
  Report report_;
};

}  // namespace cairn::sim
