#include "questions/wanted.h"

namespace cairn::questions {

http::Handler while_wanted(
    std::function<Result<http::Response>(const http::Request&, const std::shared_ptr<Running>&)> handle) {
  return [handle = std::move(handle)](const http::Request& request, const http::Reply& reply) {
    auto running = std::make_shared<Running>();
    reply.on_client_gone([weak = std::weak_ptr(running)] {
      if (auto still = weak.lock()) still->cancel();
    });
    reply.answer(handle(request, running));
  };
}

}  // namespace cairn::questions
