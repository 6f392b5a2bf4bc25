"""What the entry of a tumour assessment asks while one types."""

from django.urls import path

from endpoints.preview import lesion_preview

urlpatterns = [path("subjects/<int:pk>/lesions/preview/", lesion_preview, name="lesion_preview")]
