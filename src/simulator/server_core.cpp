// The shared part of the server: time, deliveries, resets.
#include "server_core.hpp"

#include <boost/asio/socket_base.hpp>

#include "stream_session.hpp"

namespace sluice::simulator {

moment server_core::now() const {
  using namespace std::chrono;
  const auto wall = duration_cast<milliseconds>(system_clock::now().time_since_epoch());
  return {steady_clock::now(), venue_time{(wall + chosen.clock_skew).count()}};
}

void server_core::pump() {
  for (auto& d : exchange->take_deliveries()) {
    const auto it = streams.find(d.to);
    if (it == streams.end())
      continue;
    if (d.text)
      it->second->send(std::move(d.text));
    if (d.close)
      it->second->drop();
  }
  if (exchange->user_events() != user_events_told) {
    user_events_told = exchange->user_events();
    for (const auto& [number, timer] : event_waits)
      timer->cancel();
  }
  if (wake && exchange->next_due() < next_tick)
    wake();
}

void server_core::reset_all(std::uint64_t but) {
  for (const auto& [number, reset] : connections)
    if (number != but)
      reset();
}

void reset_socket(boost::asio::ip::tcp::socket& socket) {
  boost::system::error_code ignored;
  socket.set_option(boost::asio::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

}  // namespace sluice::simulator
