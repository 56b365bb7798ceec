// Stands in for the client's WebSocket: opens a stream at the venue's core and hears its messages.
#include <utility>

#include "web_socket.hpp"
#include "world.hpp"

namespace sluice::exchange {

using simulation::world;

struct web_socket::impl : std::enable_shared_from_this<web_socket::impl> {
  explicit impl(web_socket_settings settings, web_socket_events handlers)
      : chosen(std::move(settings)), events(std::move(handlers)) {}

  void dial();
  void open();
  void end(std::string why, std::optional<http_reply> declined = std::nullopt);

  web_socket_settings chosen;
  web_socket_events events;
  std::optional<simulator::stream_id> id{};
  bool abandoned{false};
};

void web_socket::impl::dial() {
  auto& w = world::current();
  const auto way = w.venue->plan_connection(w.now());
  const auto wait = way.delay + w.random.time(milliseconds{10}, milliseconds{90});
  w.after(wait, [weak = weak_from_this(), refused = way.refused] {
    const auto alive = weak.lock();
    if (!alive || alive->abandoned)
      return;
    refused ? alive->end("refused") : alive->open();
  });
}

void web_socket::impl::open() {
  auto& w = world::current();
  const auto target = chosen.target();
  if (!target)
    return end(target.error().text);
  id = w.venue->open_stream(target->reveal());
  if (!id) {
    http_reply declined;
    declined.status = 404;
    return end("opening the stream: HTTP 404", std::move(declined));
  }
  w.listen(*id, [weak = weak_from_this()](std::shared_ptr<const std::string> text, bool close) {
    const auto alive = weak.lock();
    if (!alive || alive->abandoned)
      return;
    if (text) {
      if (text->find("markPriceUpdate") == std::string::npos) {
        if (world::current().reader)
          world::current().trace("~> " + text->substr(0, 300));
        if (world::current().watch.told)
          world::current().watch.told(*text);
      }
      alive->events.frames({*text});
    }
    if (close && !alive->abandoned)
      alive->end("closed by the venue");
  });
  events.opened();
}

void web_socket::impl::end(std::string why, std::optional<http_reply> declined) {
  if (id)
    world::current().stop_listening(*std::exchange(id, std::nullopt));
  if (!std::exchange(abandoned, true))
    events.closed({std::move(why), std::move(declined)});
}

web_socket::web_socket(io_loop&, tls_context&, web_socket_settings chosen, web_socket_events events)
    : impl_(std::make_shared<impl>(std::move(chosen), std::move(events))) {
  impl_->dial();
}
web_socket::~web_socket() {
  impl_->abandoned = true;
  if (impl_->id)
    world::current().stop_listening(*impl_->id);
}

}  // namespace sluice::exchange
