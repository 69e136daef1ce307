"""The smallest plugin: everything that a backend must say, and nothing more."""

from polygrad.backends import Backend, BackendRecord, hookimpl


class ToyBackend(Backend):
    name = "toy"

    def owns(self, array_type):
        return array_type is self.library.ToyArray

    def namespace(self):
        import toy_array

        return toy_array


@hookimpl
def polygrad_backends():
    return [BackendRecord(name="toy", library="toy_array", factory=ToyBackend, api_version=1)]
