// One sender: makes events, sends them in batches, and sends again whatever was not answered, as the SDKs do.
#pragma once
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "sim/door.h"
#include "sim/machine.h"
#include "sim/model.h"

namespace cairn::sim {

/// The server as clients see it: there, or not.
struct Server {
  app::Instance* instance = nullptr;
  Door* door = nullptr;
  uint64_t life = 0;     ///< Grows with each restart: answers of an earlier life never arrive.
  bool is_dead = false;  ///< The process died; what it still does nobody sees.
};

class Client {
 public:
  struct Parts {
    SimClock& clock;
    SimExecutor& executor;
    Model& model;
    Server& server;
    Random random;
    int number;
    size_t source;  ///< Several clients may share one.
    std::string source_name;
    size_t batch_max;
  };
  explicit Client(Parts parts);

  /// New events are made, or only what is on its way finished.
  void set_making(bool makes) { makes_ = makes; }
  /// How often it was told to come again later.
  uint64_t turned_away() const { return turned_away_; }
  /// Everything that it made is acknowledged.
  bool is_content() const { return waiting_.empty() && flying_.empty(); }
  /// The connection broke: nobody knows what became of what was on its way.
  void lose_connection();

 private:
  struct Shot {
    Model::Marker marker;
    std::string key;  ///< Empty: it has no message id.
    bool is_bad = false;
    std::string call;  ///< As JSON.
  };
  struct Request {
    std::vector<Shot> shots;
    uint64_t life = 0;  ///< Of the server that it was last sent to.
  };
  using RequestPtr = std::shared_ptr<Request>;

  void act_later(Duration most);
  void act();
  RequestPtr make();
  Shot make_shot();
  Shot make_guests_shot();
  std::string identifiers(bool is_known);
  void send(const RequestPtr& request);
  void take_answer(const RequestPtr& request, uint64_t life, int status);
  std::string word(std::string_view stem, uint64_t below);

  Parts parts_;
  bool makes_ = true;
  std::deque<RequestPtr> waiting_;  ///< To be sent (again).
  std::vector<RequestPtr> flying_;
  std::deque<Shot> remembered_;  ///< Some of what was acknowledged: sent again one day.
  uint64_t keys_ = 0, turned_away_ = 0;

  std::unique_ptr<Queue> queue_;
};

}  // namespace cairn::sim
