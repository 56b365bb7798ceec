// Binds, listens, runs the thread, and takes calls from other threads to it.
#include "sluice/simulator/server.hpp"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fstream>
#include <future>
#include <mutex>
#include <sstream>
#include <thread>

#include "certificate.hpp"
#include "server_core.hpp"

namespace sluice::simulator {

namespace asio = boost::asio;
using asio::ip::tcp;

struct server::impl {
  settings chosen{};
  certificate identity{};
  server_core core{};
  // Below the core, so that connections' frames are destroyed while it still lives.
  asio::io_context io{1};
  tcp::acceptor acceptor{io};
  asio::steady_timer tick{io};
  asio::steady_timer offline_end{io};
  std::uint16_t port{0};
  std::mutex mutex{};  ///< Guards `running` and the passage of calls to the thread.
  bool running{false};
  std::thread thread{};

  [[nodiscard]] result<void> prepare();
  [[nodiscard]] result<void> listen();
  asio::awaitable<void> accept_connections();
  void take(tcp::socket socket);
  void schedule_tick();
  void go_offline(std::uint64_t but);

  /// Runs `f` on the server's thread, or here once that has ended, and gives its value.
  template <class F>
  auto call(F f) -> decltype(f()) {
    const std::lock_guard lock(mutex);
    if (!running)
      return f();
    std::packaged_task<decltype(f())()> task(std::move(f));
    auto value = task.get_future();
    asio::post(io, [&task] { task(); });
    return value.get();
  }
};

namespace {

error system_failure(std::string_view what, const boost::system::error_code& ec) {
  return fail(ec == asio::error::address_in_use ? errc::busy : errc::io_failure,
              fmt::format("{}: {}", what, ec.message()));
}

result<void> fill_keys(account_settings& a) {
  for (auto* key : {&a.api_key, &a.api_secret}) {
    if (!key->empty() || (key == &a.api_secret && !a.api_public_key.empty()))
      continue;
    auto made = random_key(64);
    if (!made)
      return made.error();
    *key = std::move(*made);
  }
  return {};
}

/// The faults of the script file; none when there is no file.
result<std::vector<fault>> read_script(const std::string& path) {
  if (path.empty())
    return std::vector<fault>{};
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in)
    return fail(errc::io_failure, fmt::format("cannot read the fault script {}", path));
  auto faults = parse_script(text.str());
  if (!faults)
    return fail(faults.error().code, fmt::format("{}: {}", path, faults.error().text));
  return faults;
}

}  // namespace

result<void> server::impl::prepare() {
  auto faults = validate(chosen);
  if (!faults.empty())
    return fail(errc::invalid_value, faults.front().field + " " + faults.front().text);
  if (chosen.address == "localhost")
    chosen.address = "127.0.0.1";
  if (auto filled = fill_keys(chosen.account); !filled)
    return filled.error();
  auto made = make_certificate(chosen.address);
  if (!made)
    return made.error();
  identity = std::move(*made);
  if (auto loaded = core.tls.prepare(identity); !loaded)
    return loaded.error();
  const auto script = read_script(chosen.script);
  if (!script)
    return script.error();
  core.chosen = chosen;
  auto exchange = venue::make(chosen, core.now());
  if (!exchange)
    return exchange.error();
  core.exchange = std::move(*exchange);
  for (const auto& f : *script)
    core.exchange->add_fault(f);
  core.wake = [this] { schedule_tick(); };
  core.leave_for = [this](milliseconds time, std::uint64_t but) {
    go_offline(but);
    offline_end.expires_after(time);
    offline_end.async_wait([this](boost::system::error_code ec) {
      if (!ec)
        core.offline = false;
    });
  };
  return {};
}

result<void> server::impl::listen() {
  boost::system::error_code ec;
  const auto address = asio::ip::make_address(chosen.address, ec);
  if (ec || !address.is_loopback())
    return fail(errc::invalid_value, "address: only loopback addresses are allowed");
  const tcp::endpoint at(address, chosen.port);
  acceptor.open(at.protocol(), ec);
  if (!ec)
    acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec)
    acceptor.bind(at, ec);
  if (!ec)
    acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (ec)
    return system_failure(fmt::format("cannot listen on {} port {}", chosen.address, chosen.port),
                          ec);
  port = acceptor.local_endpoint(ec).port();
  if (!chosen.certificate_file.empty())
    return write_whole_file(chosen.certificate_file, identity.pem);
  return {};
}

void server::impl::take(tcp::socket socket) {
  if (core.offline || core.connections.size() >= chosen.connections_max) {
    reset_socket(socket);
    return;
  }
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  asio::co_spawn(io, serve_connection(core, std::move(socket)), asio::detached);
}

asio::awaitable<void> server::impl::accept_connections() {
  constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);
  while (acceptor.is_open()) {
    auto [ec, socket] = co_await acceptor.async_accept(no_throw);
    if (!ec) {
      take(std::move(socket));
    } else if (ec != asio::error::operation_aborted) {
      // Out of descriptors: wait for some to be given back.
      asio::steady_timer pause(io, std::chrono::milliseconds{100});
      co_await pause.async_wait(no_throw);
    }
  }
}

void server::impl::schedule_tick() {
  core.next_tick = core.exchange->next_due();
  tick.expires_at(core.next_tick);
  tick.async_wait([this](boost::system::error_code ec) {
    if (ec)
      return;
    core.exchange->advance(core.now());
    core.pump();
    schedule_tick();
  });
}

void server::impl::go_offline(std::uint64_t but) {
  core.offline = true;
  core.reset_all(but);
}

server::server(std::unique_ptr<impl> p) : impl_(std::move(p)) {}
server::~server() {
  stop();
}

result<std::unique_ptr<server>> server::start(settings s) {
  auto p = std::make_unique<impl>();
  p->chosen = std::move(s);
  for (auto step : {&impl::prepare, &impl::listen})
    if (auto ok = (p.get()->*step)(); !ok)
      return ok.error();
  asio::co_spawn(p->io, p->accept_connections(), asio::detached);
  p->schedule_tick();
  p->running = true;
  p->thread = std::thread([raw = p.get()] { raw->io.run(); });
  return std::unique_ptr<server>(new server(std::move(p)));
}

void server::stop() {
  const std::lock_guard lock(impl_->mutex);
  if (!impl_->running)
    return;
  asio::post(impl_->io, [this] {
    boost::system::error_code ignored;
    impl_->acceptor.close(ignored);
    impl_->core.reset_all();
    impl_->io.stop();
  });
  impl_->thread.join();
  impl_->running = false;
}

std::uint16_t server::port() const {
  return impl_->port;
}

std::string server::rest_url() const {
  const auto& address = impl_->chosen.address;
  const bool v6 = address.find(':') != std::string::npos;
  return fmt::format("https://{}:{}", v6 ? "[" + address + "]" : address, port());
}

std::string server::stream_url() const {
  return "wss" + rest_url().substr(5);
}
const std::string& server::certificate_pem() const {
  return impl_->identity.pem;
}
const std::string& server::api_key() const {
  return impl_->chosen.account.api_key;
}
const std::string& server::api_secret() const {
  return impl_->chosen.account.api_secret;
}

result<void> server::set_mark(const symbol& s, price p, mark_pin pin) {
  return impl_->call([&] { return impl_->core.exchange->set_mark(s, p, pin); });
}

result<void> server::release_mark(const symbol& s) {
  return impl_->call([&] { return impl_->core.exchange->release_mark(s); });
}

std::optional<price> server::mark(const symbol& s) const {
  return impl_->call([&] { return impl_->core.exchange->mark(s); });
}

result<ledger_order> server::trade(const symbol& s, side direction, quantity amount) {
  return impl_->call([&] {
    auto placed = impl_->core.exchange->trade(s, direction, amount, impl_->core.now());
    impl_->core.pump();
    return placed;
  });
}

result<ledger_order> server::liquidate(const symbol& s) {
  return impl_->call([&] {
    auto placed = impl_->core.exchange->liquidate(s, impl_->core.now());
    impl_->core.pump();
    return placed;
  });
}

void server::set_latency(milliseconds latency) {
  impl_->call([&] { impl_->core.exchange->set_latency(latency); });
}

void server::add_fault(const fault& f) {
  impl_->call([&] {
    impl_->core.exchange->advance(impl_->core.now());
    impl_->core.exchange->add_fault(f);
    impl_->core.pump();
  });
}

void server::clear_faults() {
  impl_->call([&] { impl_->core.exchange->clear_faults(); });
}

void server::go_offline() {
  impl_->call([&] {
    impl_->offline_end.cancel();
    impl_->go_offline(0);
  });
}

void server::go_online() {
  impl_->call([&] {
    impl_->offline_end.cancel();
    impl_->core.offline = false;
  });
}

ledger server::books() const {
  return impl_->call([&] { return impl_->core.exchange->books(impl_->core.now()); });
}

std::vector<transcript_entry> server::transcript() const {
  return impl_->call([&] { return impl_->core.exchange->transcript(); });
}

std::vector<symbol> server::symbols() const {
  return impl_->call([&] { return impl_->core.exchange->symbols(); });
}

std::size_t server::connections() const {
  return impl_->call([&] { return impl_->core.connections.size(); });
}

}  // namespace sluice::simulator
