// `cairn serve`: the routes of every module on one server, until it is asked to stop.
#pragma once
#include "app/instance.h"

namespace cairn::app {

struct ServeOptions {
  std::string address = "127.0.0.1";
  int port = 8040;                 ///< 0: a free one.
  std::vector<std::string> hosts;  ///< When given, requests for other hosts are refused.
  std::vector<std::string> trusted_proxies;
  std::string public_url;   ///< What people type; the listening address when empty.
  bool prints_link = true;  ///< Make and print a one-time link for the owner.
};

/// Opens the directory and serves it until SIGINT or SIGTERM, then lets what runs finish. Listens from the first moment
/// on: while the directory is opened, everybody is told to come again. Prints `listening on URL` and `sign in: URL`
/// when it is ready. Errors: those of Instance::open; the port is taken, another server has this directory.
Result<void> serve(World world, const InstanceOptions& directory, const ServeOptions& options);

}  // namespace cairn::app
