"""The workspace of an exercise, submissions and their outputs."""

from django.urls import path, re_path

from submissions.views import outputs, result, send, status, upload, workspace

app_name = "submissions"
_EXERCISE = "lessons/<slug:slug>/exercise/"

urlpatterns = [
    path(_EXERCISE, workspace.workspace, name="workspace"),
    path(f"{_EXERCISE}draft/", workspace.draft, name="draft"),
    path(f"{_EXERCISE}save/", workspace.save, name="save"),
    path(f"{_EXERCISE}preview/", workspace.preview, name="preview"),
    path(f"{_EXERCISE}hint/", workspace.hint, name="hint"),
    path(f"{_EXERCISE}reset/", workspace.reset, name="reset"),
    path(f"{_EXERCISE}undo/", workspace.undo, name="undo"),
    path(f"{_EXERCISE}editor/", workspace.editor_mode, name="editor_mode"),
    path(f"{_EXERCISE}upload/", upload.upload, name="upload"),
    path(f"{_EXERCISE}download/", upload.download, name="download"),
    path(f"{_EXERCISE}files/<path:name>", upload.file, name="file"),
    re_path(r"^lessons/(?P<slug>[-\w]+)/exercise/(?P<kind>run|check|submit)/$", send.send, name="send"),
    path("submissions/<uuid:public_id>/", result.result, name="result"),
    path("submissions/<uuid:public_id>/status/", status.status, name="status"),
    path("submissions/<uuid:public_id>/notebook/", upload.download_submission, name="notebook"),
    path("submissions/<uuid:public_id>/report/", result.report, name="report"),
    path("outputs/<str:signed>/", outputs.outputs, name="outputs"),
]
