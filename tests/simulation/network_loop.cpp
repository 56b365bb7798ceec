// Stands in for the client's loop, timers and TLS: virtual time instead of threads and sockets. The
// linker takes these definitions instead of the library's, so that all else of the client is real.
#include "io_loop.hpp"
#include "tls_context.hpp"
#include "world.hpp"

namespace sluice::exchange {

using simulation::world;

struct io_loop::impl {
  std::shared_ptr<bool> alive{std::make_shared<bool>(true)};  ///< What is posted runs while it is.
};

struct tls_context::impl {};
tls_context::tls_context(std::unique_ptr<impl> made) : impl_(std::move(made)) {}
tls_context::~tls_context() = default;
result<std::unique_ptr<tls_context>> tls_context::make(const std::string&, const std::string&) {
  return std::make_unique<tls_context>(std::make_unique<impl>());
}

io_loop::io_loop(std::function<std::vector<std::string>(const std::string&)>)
    : impl_(std::make_unique<impl>()) {}
io_loop::~io_loop() {
  stop();
}
void io_loop::post(std::function<void()> work) {
  world::current().after(milliseconds{0},
                         [alive = std::weak_ptr<bool>(impl_->alive), work = std::move(work)] {
                           if (!alive.expired())
                             work();
                         });
}
/// There is one thread: whoever closes the client is on it.
bool io_loop::on_loop_thread() const {
  return true;
}
void io_loop::stop() {
  impl_->alive.reset();
}

struct loop_timer::impl {
  std::uint64_t round{0};
};

loop_timer::loop_timer(io_loop&) : impl_(std::make_shared<impl>()) {}
loop_timer::~loop_timer() {
  cancel();
}
void loop_timer::start(milliseconds wait, std::function<void()> work) {
  const auto round = ++impl_->round;
  world::current().after(wait, [weak = std::weak_ptr<impl>(impl_), round, work = std::move(work)] {
    const auto alive = weak.lock();
    if (alive && alive->round == round)
      work();
  });
}
void loop_timer::cancel() {
  ++impl_->round;
}

}  // namespace sluice::exchange
